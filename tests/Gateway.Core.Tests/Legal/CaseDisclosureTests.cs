using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Core.Tests.Contracts;
using Gateway.Core.Tests.Exchange;
using Gateway.Core.Tests.Log;
using Gateway.Protos.Fulfilment.V1;

namespace Gateway.Core.Tests.Legal;

public sealed class CaseDisclosureTests
{
    private readonly MemoryLog _log = new();
    private readonly MemoryKeys _keys = new();

    [Theory]
    [InlineData(Ground.LegalProcess, "legal_obligation")]
    [InlineData(Ground.EdictOfLaw, "legal_obligation")]
    [InlineData(Ground.ProtectionOfRights, "legitimate_interests")]
    [InlineData(Ground.UrgentSafety, "vital_interests")]
    public async Task Record_AnyGround_NamesItsBasisAndTheDelay(Ground ground, string basis)
    {
        var legal = TestCases.Book(TestCases.Terms(ground, delay: TimeSpan.FromDays(10))).Find("c1")!;

        var receipts = await RecordAsync(legal, 1);

        var entry = _log.Entries.ShouldHaveSingleItem();
        receipts.ShouldHaveSingleItem();
        entry.Basis.ShouldBe(basis);
        entry.LegalCase.Id.ShouldBe("c1");
        entry.LegalCase.NoticeAfter.ToDateTimeOffset().ShouldBe(TestCases.Start.AddDays(10));
        entry.Caller.Partner.ShouldBe("_LEGAL");
    }

    [Fact]
    public async Task Record_ManyRecords_AreRunsOf256EachWithItsSubject()
    {
        var receipts = await RecordAsync(TestCases.Book(TestCases.Terms()).Find("c1")!, 600);

        var entries = _log.Entries.ToArray();
        entries.Select(e => EntryPseudonyms.Of(e.Records).Length).ShouldBe([256, 256, 88]);
        receipts.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        var second = _keys.Of("C-257");
        EntryPseudonyms.Of(entries[1].Subjects)[0].ShouldBe(second.Pseudonym);
        EntryPseudonyms.Of(entries[1].Records)[0].ShouldBe(second.OfRecord("gateway.fulfilment.v1.Shipment", "A-257"));
        _log.Leaves.ShouldAllBe(l => l.Length < 65_535);
    }

    [Fact]
    public async Task Record_LogOrConditionOrKeysFail_Throws()
    {
        var legal = TestCases.Book(TestCases.Terms()).Find("c1")!;
        _log.Unavailable = true;
        await Should.ThrowAsync<LogUnavailableException>(() => RecordAsync(legal, 1));
        _log.Unavailable = false;
        await Should.ThrowAsync<LogUnavailableException>(() => RecordAsync(legal, 1, new Condition("no witness has cosigned the log")));
        _keys.Fault = new LogUnavailableException("told to be");
        await Should.ThrowAsync<LogUnavailableException>(() => RecordAsync(legal, 1));
        _log.Leaves.ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<string>> RecordAsync(Gateway.Core.Legal.Case legal, int records, IDisclosureCondition? condition = null)
    {
        var record = TestContracts.Catalogue.Records["gateway.fulfilment.v1.Shipment"];
        var items = Enumerable.Range(1, records).Select(i => new CaseItem($"A-{i}", $"C-{i}", TestCases.Start, new Shipment { OrderId = $"A-{i}" }));
        var contents = new CaseContents([new CasePart(record, [record.Key], [.. items], LeftOut: 0)]);
        return await new CaseDisclosure(new Recorder(_log, condition), _keys, TimeProvider.System).RecordAsync(legal, contents, ExchangeScene.Connection(), "r1");
    }

    private sealed record Condition(string? Unmet) : IDisclosureCondition;
}
