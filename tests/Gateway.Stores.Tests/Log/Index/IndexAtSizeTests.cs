using System.Diagnostics;
using System.Globalization;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log.Index;

/// <summary>The index over many entries. GATEWAY_INDEX_ENTRIES=1000000 makes it many indeed; then the printed times are the point.</summary>
public sealed class IndexAtSizeTests : IDisposable
{
    private const int Page = 100;

    private static readonly int s_entries = int.Parse(
        Environment.GetEnvironmentVariable("GATEWAY_INDEX_ENTRIES") ?? "20000", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteLogReader _reader;
    private readonly SqliteLogIndex _index;

    public IndexAtSizeTests()
    {
        using (var log = SqliteDisclosureLog.Open(_folder["log.db"], new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance))
        {
            new BusyLog(s_entries).AppendToAsync(log).GetAwaiter().GetResult();
        }

        _reader = SqliteLogReader.Open(_folder["log.db"]);
        _index = SqliteLogIndex.Open(_folder["index.db"], _reader);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _index.Dispose();
        _reader.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CountUses_ManyEntries_IsWhatTheLeavesTell()
    {
        await _index.CatchUpAsync(Cancellation);
        var since = BusyLog.Start + (BusyLog.Step * (s_entries / 3));
        var expected = new Dictionary<(string, Google.Protobuf.ByteString), (long Answers, DateTimeOffset Last)>();
        for (long next = 0, head = await _reader.GetHeadAsync(Cancellation); next < head;)
        {
            foreach (var leaf in await _reader.ReadAsync(next, 1000, Cancellation))
            {
                next = leaf.Index + 1;
                var entry = Entry.Parser.ParseFrom(leaf.Bytes);
                if (entry.Kind == Kind.Disclosure && !entry.Records.IsEmpty && entry.Time.ToDateTimeOffset() >= since)
                {
                    var (answers, last) = expected.GetValueOrDefault((entry.Caller.Partner, entry.Scope));
                    var time = entry.Time.ToDateTimeOffset();
                    expected[(entry.Caller.Partner, entry.Scope)] = (answers + 1, time > last ? time : last);
                }
            }
        }

        var began = Stopwatch.GetTimestamp();
        var uses = _index.CountUses(since, Cancellation);
        Tell($"uses of the last two thirds of {s_entries} entries counted in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");
        began = Stopwatch.GetTimestamp();
        var all = _index.CountUses(DateTimeOffset.UnixEpoch, Cancellation);
        Tell($"uses of all {s_entries} entries counted in {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");

        uses.ToDictionary(u => (u.Partner, u.Scope), u => (u.Answers, u.Last)).ShouldBe(expected, ignoreOrder: true);
        all.Sum(u => u.Answers).ShouldBeGreaterThan(uses.Sum(u => u.Answers));
    }

    [Fact]
    public async Task Index_ManyEntries_AnswersEachFilterAsTheLogWould()
    {
        using var process = Process.GetCurrentProcess();
        var (began, worked) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        await _index.CatchUpAsync(Cancellation);
        var took = Stopwatch.GetElapsedTime(began);
        process.Refresh();
        Tell($"{s_entries} entries indexed in {took.TotalSeconds:0.0} s, {s_entries / took.TotalSeconds:0} a second, {(process.TotalProcessorTime - worked).TotalSeconds:0.0} s of a processor, "
            + $"{new FileInfo(_folder["index.db"]).Length / 1e6:0} MB beside a log of {new FileInfo(_folder["log.db"]).Length / 1e6:0} MB");
        var filters = BusyFilters.Of(s_entries, await SampleAsync()).ToList();
        var expected = await ExpectAsync(filters);

        for (var i = 0; i < filters.Count; i++)
        {
            var (name, filter) = filters[i];
            var cold = Stopwatch.GetTimestamp();
            var first = await _index.QueryAsync(filter, long.MaxValue, Page, Cancellation);
            var coldTook = Stopwatch.GetElapsedTime(cold);
            var best = TimeSpan.MaxValue;
            for (var run = 0; run < 5; run++)
            {
                var started = Stopwatch.GetTimestamp();
                await _index.QueryAsync(filter, long.MaxValue, Page, Cancellation);
                best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
            }

            var deep = first.Count == 0 ? 0 : expected[i].Count < 2 * Page ? first[0].Index : s_entries / 3;
            var paged = Stopwatch.GetTimestamp();
            await _index.QueryAsync(filter, deep, Page, Cancellation);
            Tell($"{name,-26} {expected[i].Count,8} matches  first {coldTook.TotalMilliseconds,7:0.00} ms  again {best.TotalMilliseconds,7:0.00} ms  "
                + $"a page far back {Stopwatch.GetElapsedTime(paged).TotalMilliseconds,7:0.00} ms");
            first.Select(l => l.Index).ShouldBe(expected[i].AsEnumerable().Reverse().Take(Page), name);
        }
    }

    [Fact]
    public async Task Plan_EachFilter_SeeksAndSortsNoMoreThanASegment()
    {
        await _index.CatchUpAsync(Cancellation);
        using var connection = new SqliteConnection($"Data Source={_folder["index.db"]};Mode=ReadOnly;Pooling=false");
        connection.Open();

        foreach (var (name, filter) in BusyFilters.Of(s_entries, await SampleAsync()))
        {
            using var query = new IndexQuery(connection, filter);
            query.Page(long.MaxValue, 0, Page);
            var plan = Plan(query.ForOneSegment);
            Tell($"{name}: {string.Join("; ", plan)}");
            foreach (var step in plan)
            {
                // Whatever reads entries or postings begins at one segment: `USING PRIMARY KEY (segment=? …`.
                step.ShouldNotStartWith("SCAN p");
                step.ShouldNotStartWith("SCAN e");
                step.ShouldNotStartWith("SCAN t");
                step.ShouldNotStartWith("SCAN x");
                step.ShouldNotStartWith("SCAN q");
                if (step.StartsWith("SEARCH p", StringComparison.Ordinal) || step.StartsWith("SEARCH t ", StringComparison.Ordinal)
                    || step.StartsWith("SEARCH e ", StringComparison.Ordinal))
                {
                    step.ShouldContain("(segment=?", customMessage: name);
                }

                step.ShouldNotContain("AUTOMATIC", customMessage: name);
            }
        }
    }

    private static List<string> Plan(SqliteCommand command)
    {
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        using var rows = command.ExecuteReader();
        var plan = new List<string>();
        while (rows.Read())
        {
            plan.Add(rows.GetString(3));
        }

        return plan;
    }

    /// <summary>What matches by the definition, from the leaves.</summary>
    private async Task<List<long>[]> ExpectAsync(List<(string Name, LogFilter Filter)> filters)
    {
        var scopes = BusyLog.Scopes.ToDictionary(SampleEntries.HashOf);
        var expected = filters.Select(_ => new List<long>()).ToArray();
        for (long from = 0; from < s_entries; from += 1000)
        {
            foreach (var leaf in await _reader.ReadAsync(from, 1000, Cancellation))
            {
                var entry = Entry.Parser.ParseFrom(leaf.Bytes);
                for (var i = 0; i < filters.Count; i++)
                {
                    if (filters[i].Filter.Matches(entry, scopes.GetValueOrDefault(entry.Scope)))
                    {
                        expected[i].Add(leaf.Index);
                    }
                }
            }
        }

        return expected;
    }

    private async Task<Entry> SampleAsync()
    {
        var some = await _reader.ReadAsync(s_entries / 3, 100, Cancellation);
        return some.Select(l => Entry.Parser.ParseFrom(l.Bytes)).First(e => !e.Records.IsEmpty);
    }

    private static void Tell(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);
}
