using System.Diagnostics;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Sqlite.Spans;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using LogOutcome = Gateway.Protos.Log.V1.Outcome;

namespace Gateway.Stores.Tests.Spans;

// One collection: a store listens to the process's one source, so that two at once would see each other's calls.
[Collection(nameof(SpanStoreTests))]
public sealed class SpanStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spans");
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    private string FilePath => Path.Combine(_folder.FullName, "spans.db");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_AnEndedCall_GivesItsSpansByTraceAndByReceipt()
    {
        await using var store = Open();
        var receipt = ReceiptId.New(_clock.GetUtcNow());
        var trace = Call(receipt);
        await store.FlushAsync(Cancel);

        var reader = new SpanReader(FilePath);
        var found = reader.Find(trace).ShouldNotBeNull();
        found.Id.ShouldBe(trace.ToHexString());
        found.Spans.Select(s => s.Name).ShouldBe(["_OTHER", "authorize", "record"]);
        found.Spans[0].Parent.IsEmpty.ShouldBeTrue();
        found.Spans[1].Parent.ShouldBe(found.Spans[0].Id);
        found.Spans[0].Attributes.ShouldContain(a => a.Name == Attributes.Decision && a.Value == "released");
        found.Spans[0].Link.ShouldBe("0123456789abcdef0123456789abcdef-0123456789abcdef");
        reader.Find(receipt).ShouldBe(found);
        reader.Find(ReceiptId.New(_clock.GetUtcNow())).ShouldBeNull();
        reader.Find(ActivityTraceId.CreateRandom()).ShouldBeNull();
    }

    [Fact]
    public async Task List_Filtered_GivesOnlyWhatFitsNewestFirst()
    {
        await using var store = Open();
        Call(ReceiptId.New(_clock.GetUtcNow()));
        var refused = Call(receipt: null, RefusalReason.MethodNotGranted);
        await store.FlushAsync(Cancel);

        var reader = new SpanReader(FilePath);
        reader.List(new ListTracesRequest(), 10).Select(t => t.Outcome).ShouldBe([LogOutcome.Refused, LogOutcome.Released]);
        var only = reader.List(new ListTracesRequest { Outcome = LogOutcome.Refused, Partner = "_OTHER" }, 10).ShouldHaveSingleItem();
        only.Trace.ShouldBe(refused.ToHexString());
        only.Refusal.ShouldBe("METHOD_NOT_GRANTED");
        reader.List(new ListTracesRequest { Partner = "another" }, 10).ShouldBeEmpty();
        reader.List(new ListTracesRequest { SlowerThan = new() { Seconds = 60 } }, 10).ShouldBeEmpty();
        reader.List(new ListTracesRequest(), 1).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Age_OverTheLimit_IsDeletedAtTheNextStart()
    {
        ActivityTraceId old;
        await using (var store = Open())
        {
            old = Call(receipt: null);
            await store.FlushAsync(Cancel);
            new SpanReader(FilePath).Find(old).ShouldNotBeNull();
        }

        _clock.Advance(TimeSpan.FromDays(8));
        await using var later = Open();

        new SpanReader(FilePath).Find(old).ShouldBeNull();
    }

    [Fact]
    public async Task Size_OverTheLimit_TheOldestGoAndTheFileStaysBounded()
    {
        const long limit = 512 << 10;
        await using var store = Open(o => o with { MaxBytes = limit });
        var first = Call(receipt: null);
        ActivityTraceId last = default;
        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < 100; j++)
            {
                last = Call(receipt: null);
            }

            await store.FlushAsync(Cancel);
        }

        var reader = new SpanReader(FilePath);
        reader.Find(first).ShouldBeNull();
        reader.Find(last).ShouldNotBeNull();
        store.Dropped.ShouldBe(0);
        // One batch may be on top of the limit.
        new FileInfo(FilePath).Length.ShouldBeLessThan(limit * 2);
    }

    [Fact]
    public async Task Writer_Stuck_CallsGoOnAndWhatDoesNotFitIsCounted()
    {
        await using var store = Open(o => o with { Queue = 64 });
        await using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            await other.OpenAsync(Cancel);
            await using var transaction = await other.BeginTransactionAsync(Cancel);

            // One batch may be in the writer's hands, the queue holds 64 more: 8,192 calls cannot fit.
            for (var i = 0; i < 8192; i++)
            {
                Call(receipt: null);
            }

            store.Dropped.ShouldBeGreaterThan(0);
        }

        var dropped = store.Dropped;
        await store.FlushAsync(Cancel);
        var after = Call(receipt: null);
        await store.FlushAsync(Cancel);
        new SpanReader(FilePath).Find(after).ShouldNotBeNull("the store recovers");
        store.Dropped.ShouldBe(dropped);
    }

    [Fact]
    public async Task Stream_StillRunning_ShowsItsStepsAndIsListedOnceItEnds()
    {
        await using var store = Open();
        using var stream = CallTrace.Start(method: null, traceparent: null);
        for (var i = 0; i < EndedSpans.MostSteps; i++)
        {
            using var step = stream.Step(Steps.Fetch);
        }

        await store.FlushAsync(Cancel);
        var reader = new SpanReader(FilePath);
        reader.Find(stream.TraceId).ShouldNotBeNull().Spans.Count.ShouldBe(EndedSpans.MostSteps);
        reader.List(new ListTracesRequest(), 10).ShouldBeEmpty();

        stream.End(2);
        await store.FlushAsync(Cancel);
        var whole = reader.Find(stream.TraceId)!.Spans;
        whole.Count.ShouldBe(EndedSpans.MostSteps + 1);
        whole[0].Name.ShouldBe("_OTHER");
        reader.List(new ListTracesRequest(), 10).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Step_ThatEndsAfterItsCall_IsKeptToo()
    {
        await using var store = Open();
        using var call = CallTrace.Start(method: null, traceparent: null);
        using (call.Step(Steps.Respond))
        {
            call.End(1);
        }

        await store.FlushAsync(Cancel);

        new SpanReader(FilePath).Find(call.TraceId)!.Spans.Select(s => s.Name).ShouldBe(["_OTHER", "respond"]);
    }

    [Fact]
    public async Task File_OfAnotherVersion_IsEmptiedAndUsed()
    {
        await using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            await other.OpenAsync(Cancel);
            await using var command = new SqliteCommand("CREATE TABLE traces(x); PRAGMA user_version = 99", other);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await using var store = Open();
        var trace = Call(receipt: null);
        await store.FlushAsync(Cancel);

        new SpanReader(FilePath).Find(trace).ShouldNotBeNull();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static ActivityTraceId Call(ReceiptId? receipt, RefusalReason? refusal = null)
    {
        using var call = CallTrace.Start(method: null, "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00");
        using (call.Step(Steps.Authorize))
        {
        }

        using (call.Step(Steps.Record))
        {
        }

        if (receipt is { } id)
        {
            call.Record(id);
        }

        if (refusal is { } reason)
        {
            call.End(reason);
        }
        else
        {
            call.End(1);
        }

        return call.TraceId;
    }

    private SpanStore Open(Func<SpanStoreOptions, SpanStoreOptions>? change = null)
    {
        var options = new SpanStoreOptions(FilePath);
        return new SpanStore(change?.Invoke(options) ?? options, _clock, NullLogger<SpanStore>.Instance);
    }
}
