using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Grpc.Core;
using Client = Gateway.Protos.Admin.V1.DisclosureLogService.DisclosureLogServiceClient;

namespace Gateway.Tests.Log;

public sealed class DisclosureLogServiceTests : IAsyncLifetime
{
    private StaffLogHost _host = null!;
    private Client _analyst = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await StaffLogHost.StartAsync();
        _analyst = new Client(_host.Channel("security-analyst", "ReadLog"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Query_Subject_FindsTheirEntriesAndRecordsTheirMarkOnly()
    {
        var theirs = await _host.DiscloseAsync("northgate-warehouse", "customer-4711", "ORD-1");
        await _host.DiscloseAsync("northgate-warehouse", "customer-2", "ORD-2");

        var answer = await QueryAsync(new EntryFilter { SubjectId = "customer-4711" });

        Receipts(answer).ShouldBe([theirs.ToString()]);
        answer.Entries[0].Scope.Released.ShouldBe(["order_id", "address.street"]);
        var reading = (await _host.EntriesAsync())[^1].Administration;
        reading.Actor.ShouldBe("security-analyst");
        reading.Action.ShouldBe("log.query");
        reading.Target.ShouldBe($"subject={(await _host.Keys.FindAsync("customer-4711"))!.Mark}");
    }

    [Fact]
    public async Task Query_SubjectNeverDisclosed_FindsNothingAndMakesNoKey()
    {
        await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");

        (await QueryAsync(new EntryFilter { SubjectId = "customer-9" })).Entries.ShouldBeEmpty();

        (await _host.Keys.FindAsync("customer-9")).ShouldBeNull();
        (await _host.EntriesAsync())[^1].Administration.Target.ShouldBe("subject=unknown");
    }

    [Theory]
    [InlineData("Shipment/ORD-2")]
    [InlineData("gateway.fulfilment.v1.Shipment/ORD-2")]
    public async Task Query_Lookup_FindsTheRecordThroughTheSource(string lookup)
    {
        await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        var theirs = await _host.DiscloseAsync("southgate-warehouse", "customer-1", "ORD-2", "ORD-3");
        _host.Shop.Subjects["ORD-2"] = "customer-1";

        Receipts(await QueryAsync(new EntryFilter { Lookup = lookup })).ShouldBe([theirs.ToString()]);

        (await _host.EntriesAsync())[^1].Administration.Target.ShouldBe($"lookup={(await _host.Keys.FindAsync("customer-1"))!.Mark}");
    }

    [Theory]
    [InlineData("ReadPartners")]
    [InlineData("")]
    public async Task Query_WithoutThePermission_IsRefused(string permission)
    {
        await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        var client = new Client(_host.Channel("operator", permission));

        (await Should.ThrowAsync<RpcException>(async () => await client.QueryEntriesAsync(new QueryEntriesRequest(), cancellationToken: Cancellation)))
            .StatusCode.ShouldBe(StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task Query_ByNobody_IsRefused() =>
        (await Should.ThrowAsync<RpcException>(async () =>
            await new Client(_host.Channel("", "ReadLog")).QueryEntriesAsync(new QueryEntriesRequest(), cancellationToken: Cancellation)))
        .StatusCode.ShouldBe(StatusCode.Unauthenticated);

    [Fact]
    public async Task Query_CannotBeRecorded_IsNotAnswered()
    {
        await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        _host.Gate.Unavailable = true;

        (await Should.ThrowAsync<RpcException>(() => QueryAsync(new EntryFilter()))).StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task Query_InPages_GivesEachEntryOnce()
    {
        var receipts = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            receipts.Add((await _host.DiscloseAsync("northgate-warehouse", "customer-1", $"ORD-{i}")).ToString());
        }

        var found = new List<string>();
        var token = "";
        do
        {
            var page = await _analyst.QueryEntriesAsync(
                new QueryEntriesRequest { Filter = new EntryFilter { Kind = Kind.Disclosure }, PageSize = 3, PageToken = token },
                cancellationToken: Cancellation);
            found.AddRange(Receipts(page));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        found.ShouldBe(receipts.AsEnumerable().Reverse());
    }

    [Fact]
    public async Task Query_Action_FindsTheActs()
    {
        await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        await QueryAsync(new EntryFilter { Partner = "northgate-warehouse" });

        var acts = await QueryAsync(new EntryFilter { Action = "log.query" });

        acts.Entries.Select(e => Entry.Parser.ParseFrom(e.Leaf).Administration.Target).ShouldBe(["action", "partner"]);
        (await QueryAsync(new EntryFilter { Action = "subject.forget" })).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_IndexFarBehind_AnswersAndTellsHowFar()
    {
        const int entries = 2500;
        await using var host = await StaffLogHost.StartAsync(new HastyClock());
        await Task.WhenAll(Enumerable.Range(0, entries).Select(i => host.DiscloseAsync("northgate-warehouse", "customer-1", $"ORD-{i}")));
        var analyst = new Client(host.Channel("security-analyst", "ReadLog"));
        var request = new QueryEntriesRequest { Filter = new EntryFilter { Kind = Kind.Disclosure } };

        var behind = await analyst.QueryEntriesAsync(request, cancellationToken: Cancellation);
        var caughtUp = await analyst.QueryEntriesAsync(request, cancellationToken: Cancellation);

        // The reading is an entry too.
        (behind.IndexedUntil + behind.EntriesBehind).ShouldBe(entries + 1);
        behind.EntriesBehind.ShouldBePositive();
        behind.Entries[0].Index.ShouldBe(behind.IndexedUntil - 1);
        caughtUp.EntriesBehind.ShouldBe(0);
        caughtUp.Entries[0].Index.ShouldBe(entries - 1);
    }

    [Fact]
    public async Task Get_ReceiptNotIndexedYet_IsToBeAskedForAgain()
    {
        await using var host = await StaffLogHost.StartAsync(new HastyClock());
        var receipts = await Task.WhenAll(
            Enumerable.Range(0, 2500).Select(i => host.DiscloseAsync("northgate-warehouse", "customer-1", $"ORD-{i}")));
        var last = Entry.Parser.ParseFrom((await host.Reader.ReadAsync(receipts.Length - 1, 1, Cancellation))[0].Bytes);
        var request = new GetEntryRequest { Receipt = new Guid(last.Receipt.Span, bigEndian: true).ToString() };
        var analyst = new Client(host.Channel("security-analyst", "ReadLog"));

        (await Should.ThrowAsync<RpcException>(async () => await analyst.GetEntryAsync(request, cancellationToken: Cancellation)))
            .StatusCode.ShouldBe(StatusCode.Unavailable);
        (await analyst.GetEntryAsync(request, cancellationToken: Cancellation)).Entry.Index.ShouldBe(receipts.Length - 1);
    }

    [Fact]
    public async Task Query_AfterPruning_TellsFromWhereItSearched()
    {
        await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        var kept = await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-2");
        (await QueryAsync(new EntryFilter())).SearchedFrom.ShouldBe(0);

        await _host.Index.PruneAsync(1, Cancellation);

        var answer = await QueryAsync(new EntryFilter { Kind = Kind.Disclosure });
        answer.SearchedFrom.ShouldBe(1);
        Receipts(answer).ShouldBe([kept.ToString()]);
    }

    [Fact]
    public async Task Query_MalformedFilter_TellsWhatToWriteAndRepeatsNoValue()
    {
        EntryFilter[] malformed =
        [
            new() { Record = "Jane" }, new() { Trace = "Jane" }, new() { Key = "Jane" }, new() { Receipt = "Jane" }, new() { Lookup = "Jane/1" },
            new() { Lookup = "Shipment/Jane" },
        ];

        foreach (var filter in malformed)
        {
            var refused = await Should.ThrowAsync<RpcException>(() => QueryAsync(filter));
            refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            refused.Status.Detail.ShouldNotContain("Jane");
        }
    }

    [Fact]
    public async Task Get_Receipt_GivesTheExactLeaf()
    {
        var id = await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");

        var answer = await _analyst.GetEntryAsync(new GetEntryRequest { Receipt = id.ToString() }, cancellationToken: Cancellation);

        answer.Entry.Index.ShouldBe(0);
        answer.Entry.Leaf.ToByteArray().ShouldBe((await _host.Reader.ReadAsync(0, 1, Cancellation))[0].Bytes);
    }

    [Fact]
    public async Task Get_UnknownReceipt_IsNotFound() =>
        (await Should.ThrowAsync<RpcException>(async () => await _analyst.GetEntryAsync(
            new GetEntryRequest { Receipt = ReceiptId.New(DateTimeOffset.UnixEpoch).ToString() }, cancellationToken: Cancellation)))
        .StatusCode.ShouldBe(StatusCode.NotFound);

    [Fact]
    public async Task Tail_EntriesAppended_ComeInOrderAndFiltered()
    {
        var before = await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        using var call = _analyst.TailEntries(
            new TailEntriesRequest { Filter = new EntryFilter { Partner = "northgate-warehouse" }, Last = 5 }, cancellationToken: Cancellation);
        (await NextAsync(call)).ShouldBe(before.ToString());

        await _host.DiscloseAsync("southgate-warehouse", "customer-1", "ORD-2");
        var after = await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-3");

        (await NextAsync(call)).ShouldBe(after.ToString());
    }

    [Fact]
    public async Task Tail_GatewayStops_Ends()
    {
        await _host.DiscloseAsync("northgate-warehouse", "customer-1", "ORD-1");
        using var call = _analyst.TailEntries(new TailEntriesRequest { Last = 1 }, cancellationToken: Cancellation);
        await NextAsync(call);

        await _host.StopAsync();

        await Should.ThrowAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
    }

    private static async Task<string> NextAsync(AsyncServerStreamingCall<TailEntriesResponse> call)
    {
        (await call.ResponseStream.MoveNext(Cancellation)).ShouldBeTrue();
        return Receipt(call.ResponseStream.Current.Entry);
    }

    private async Task<QueryEntriesResponse> QueryAsync(EntryFilter filter) =>
        await _analyst.QueryEntriesAsync(new QueryEntriesRequest { Filter = filter }, cancellationToken: Cancellation);

    private static IEnumerable<string> Receipts(QueryEntriesResponse answer) => answer.Entries.Select(Receipt);

    private static string Receipt(LoggedEntry logged) =>
        new ReceiptId(new Guid(Entry.Parser.ParseFrom(logged.Leaf).Receipt.Span, bigEndian: true)).ToString();

    /// <summary>A second passes each time it is looked at.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private long _looks;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks) * TimestampFrequency;
    }
}
