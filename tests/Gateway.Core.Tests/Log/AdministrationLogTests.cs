using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Core.Tests.Log;

public sealed class AdministrationLogTests
{
    private readonly MemoryLog _log = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Record_Act_IsOneEntryWithItsReceipt()
    {
        var id = await new AdministrationLog(_log, _clock).RecordAsync(
            new Entry.Types.Administration { Actor = "security-analyst", Action = "partner.suspend", Target = "northgate-warehouse" });

        var entry = _log.Entries.ShouldHaveSingleItem();
        entry.Kind.ShouldBe(Kind.Administration);
        entry.Receipt.ToByteArray().ShouldBe(id.Value.ToByteArray(bigEndian: true));
        entry.Time.ToDateTimeOffset().ShouldBe(_clock.GetUtcNow());
        entry.Administration.Target.ShouldBe("northgate-warehouse");
    }

    [Fact]
    public async Task Record_ChangeTooLargeForALeaf_IsSplitAndLosesNothing()
    {
        var act = new Entry.Types.Administration { Actor = "gateway", Action = "reload", FromRevision = "a", ToRevision = "b" };
        act.Gained.AddRange(Enumerable.Range(0, 3000).Select(i => $"northgate-warehouse essential.service.fulfillment field_{i}"));
        act.Lost.AddRange(Enumerable.Range(0, 1000).Select(i => $"cedar-payments essential.service.payment_processing field_{i}"));

        await new AdministrationLog(_log, _clock).RecordAsync(act);

        _log.Leaves.Count.ShouldBeGreaterThan(1);
        _log.Leaves.ShouldAllBe(l => l.Length <= 65_535);
        var parts = _log.Entries.Select(e => e.Administration).ToList();
        parts.ShouldAllBe(p => p.Action == "reload" && p.FromRevision == "a" && p.ToRevision == "b");
        parts.SelectMany(p => p.Gained).ShouldBe(act.Gained);
        parts.SelectMany(p => p.Lost).ShouldBe(act.Lost);
    }
}
