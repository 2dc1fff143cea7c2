using Gateway.Core.Exchange;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Tests.Exchange;

public sealed class RefusalLogTests
{
    private readonly ExchangeScene _scene = new();

    [Fact]
    public async Task Record_WithinTheBudget_IsAnEntryOfItsOwn()
    {
        await RefuseAsync(RefusalLog.PerConnection);

        _scene.Entries.Length.ShouldBe(RefusalLog.PerConnection);
        _scene.Entries.ShouldAllBe(e => e.Kind == Kind.Refusal && e.Count <= 1 && e.Refusal == "METHOD_NOT_GRANTED");
    }

    [Fact]
    public async Task Record_OverTheConnectionsBudget_IsCoalescedByReason()
    {
        var calls = await RefuseAsync(RefusalLog.PerConnection + 30);
        await RefuseAsync(5, RefusalReason.PurposeRequired, calls[0].Connection);
        await _scene.RefusalLog.FlushAsync();

        _scene.Entries.Length.ShouldBe(RefusalLog.PerConnection + 2);
        _scene.Entries.Skip(RefusalLog.PerConnection).Select(e => (e.Refusal, (int)e.Count)).ShouldBe(
            [("METHOD_NOT_GRANTED", 30), ("PURPOSE_REQUIRED", 5)], ignoreOrder: true);
        calls.ShouldAllBe(c => c.Recorded);
        var told = _scene.Entries.Select(e => new Guid(e.Receipt.Span, bigEndian: true)).ToHashSet();
        calls.ShouldAllBe(c => told.Contains(c.Receipt.Value));
    }

    [Fact]
    public async Task Record_ManyConnectionsOfOnePartner_ShareThePartnersBudget()
    {
        for (var i = 0; i < 10; i++)
        {
            await RefuseAsync(RefusalLog.PerConnection);
        }

        _scene.Entries.Length.ShouldBe(RefusalLog.PerPartner);
    }

    [Fact]
    public async Task Record_OnePartnersFlood_LeavesAnothersBudgetAlone()
    {
        for (var i = 0; i < 10; i++)
        {
            await RefuseAsync(RefusalLog.PerConnection);
        }

        await RefuseAsync(3, connection: ExchangeScene.Connection(ExchangeContracts.Cedar));

        _scene.Entries.Count(e => e.Caller.Partner == ExchangeContracts.Cedar).ShouldBe(3);
    }

    [Fact]
    public async Task Record_AConnectionThatGoesOn_IsCutOnce()
    {
        await RefuseAsync(RefusalLog.PerConnection + RefusalLog.CutAfter - 1);
        _scene.Safeguards.Heard.ShouldBeEmpty();

        var connection = ExchangeScene.Connection();
        await RefuseAsync(RefusalLog.PerConnection + RefusalLog.CutAfter + 100, connection: connection);

        _scene.Safeguards.Heard.ShouldBe(["cut c-1"]);
    }

    [Fact]
    public async Task Flush_LogGone_KeepsTheCountsForTheNext()
    {
        var connection = ExchangeScene.Connection();
        await RefuseAsync(RefusalLog.PerConnection + 10, connection: connection);
        _scene.Log.Unavailable = true;
        await _scene.RefusalLog.FlushAsync();
        await RefuseAsync(4, connection: connection);
        _scene.Log.Unavailable = false;
        await _scene.RefusalLog.FlushAsync();
        await _scene.RefusalLog.FlushAsync();

        _scene.Entries.Skip(RefusalLog.PerConnection).Select(e => (int)e.Count).ShouldBe([14]);
    }

    [Fact]
    public async Task Flush_RefusedWhileOthersAreCounted_WritesBothEntriesThatReceiptsName()
    {
        var connection = ExchangeScene.Connection();
        var calls = await RefuseAsync(RefusalLog.PerConnection + 10, connection: connection);
        _scene.Log.Unavailable = true;
        _scene.Log.Meanwhile = async () => calls.AddRange(await RefuseAsync(1, connection: connection));
        await _scene.RefusalLog.FlushAsync();
        _scene.Log.Unavailable = false;
        await _scene.RefusalLog.FlushAsync();

        var told = _scene.Entries.Select(e => new Guid(e.Receipt.Span, bigEndian: true)).ToHashSet();
        calls.Count.ShouldBe(RefusalLog.PerConnection + 11);
        calls.ShouldAllBe(c => told.Contains(c.Receipt.Value));
        _scene.Entries.Sum(e => Math.Max(1, (int)e.Count)).ShouldBe(calls.Count);
    }

    [Fact]
    public async Task Refuse_LogGone_BecomesLogUnavailableWithoutAReceipt()
    {
        _scene.Log.Unavailable = true;
        var open = _scene.Open(ExchangeScene.GetCharge);

        var refusal = await _scene.Pipeline.RefuseAsync(open, new Refusal(RefusalReason.MethodNotGranted));

        refusal.Reason.ShouldBe(RefusalReason.LogUnavailable);
        open.Recorded.ShouldBeFalse();
        open.Settled.ShouldBeTrue();
    }

    [Theory]
    [InlineData(RefusalReason.LogUnavailable)]
    [InlineData(RefusalReason.MethodNotGranted)]
    public async Task Refuse_LogGone_IsCountedInOneEntryThatNoReceiptNames(RefusalReason reason)
    {
        _scene.Log.Unavailable = true;
        var connection = ExchangeScene.Connection();
        var calls = Enumerable.Range(0, 7).Select(_ => _scene.Open(ExchangeScene.GetCharge, connection)).ToList();
        foreach (var call in calls)
        {
            (await _scene.Pipeline.RefuseAsync(call, new Refusal(reason))).Reason.ShouldBe(RefusalReason.LogUnavailable);
        }

        _scene.Log.Unavailable = false;
        await _scene.RefusalLog.FlushAsync();

        var entry = _scene.Entries.ShouldHaveSingleItem();
        (entry.Refusal, entry.Count).ShouldBe(("LOG_UNAVAILABLE", 7u));
        var told = new Guid(entry.Receipt.Span, bigEndian: true);
        calls.ShouldAllBe(c => !c.Recorded && c.Receipt.Value != told);
    }

    [Fact]
    public async Task Flush_LogGoneForLong_KeepsOneEntryOfWhatNoReceiptNames()
    {
        _scene.Log.Unavailable = true;
        var connection = ExchangeScene.Connection();
        Task UnavailableAsync() => _scene.Pipeline.RefuseAsync(_scene.Open(ExchangeScene.GetCharge, connection), new Refusal(RefusalReason.LogUnavailable)).AsTask();
        await UnavailableAsync();
        _scene.Log.Meanwhile = UnavailableAsync;
        for (var second = 0; second < 5; second++)
        {
            await _scene.RefusalLog.FlushAsync();
        }

        _scene.Log.Meanwhile = null;
        _scene.Log.Unavailable = false;
        await _scene.RefusalLog.FlushAsync();

        _scene.Entries.ShouldHaveSingleItem().Count.ShouldBe(6u);
    }

    // Each call on the connection given, or all on a new one.
    private async Task<List<OpenCall>> RefuseAsync(int count, RefusalReason reason = RefusalReason.MethodNotGranted, Core.Identity.PeerConnection? connection = null)
    {
        connection ??= ExchangeScene.Connection();
        var calls = new List<OpenCall>();
        for (var i = 0; i < count; i++)
        {
            var open = _scene.Open(ExchangeScene.GetShipment, connection);
            _scene.Gate(open);
            await _scene.Pipeline.RefuseAsync(open, new Refusal(reason));
            calls.Add(open);
        }

        return calls;
    }
}
