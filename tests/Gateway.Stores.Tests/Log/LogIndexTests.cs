using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log;

public sealed class LogIndexTests : IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 23, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _open = [];
    private readonly SqliteDisclosureLog _log;
    private readonly SqliteLogReader _reader;
    private readonly SampleEntries _sample = new(s_start);

    public LogIndexTests()
    {
        _log = SqliteDisclosureLog.Open(_folder["log.db"], new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        _reader = SqliteLogReader.Open(_folder["log.db"]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _open.ForEach(i => i.Dispose());
        _reader.Dispose();
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Query_AnyFilter_GivesExactlyWhatMatchesNewestFirst()
    {
        await _sample.AppendAsync(_log, 400);
        var index = Open("index.db");
        await index.CatchUpAsync(Cancellation);
        var entries = (await _reader.ReadAsync(0, 1000, Cancellation)).Select(l => (l.Index, Entry: Entry.Parser.ParseFrom(l.Bytes))).ToList();
        var sample = entries.Select(e => e.Entry).ToList();
        var disclosed = sample.First(e => !e.Records.IsEmpty);
        var linked = sample.First(e => !e.Link.IsEmpty);
        LogFilter[] filters =
        [
            new(),
            new() { Partner = "northgate-warehouse" },
            new() { Partner = "northgate-warehouse", Kind = Kind.Administration },
            new() { Purpose = "essential.service.payment_processing", Outcome = Outcome.Released },
            new() { Method = "gateway.payment.v1.PaymentService/GetCharge" },
            new() { Kind = Kind.Refusal },
            new() { Refusal = "RATE_EXCEEDED" },
            new() { Record = EntryPseudonyms.Of(disclosed.Records)[0] },
            new() { Record = EntryPseudonyms.Of(sample.First(e => !e.Tombstones.IsEmpty).Tombstones)[0] },
            new() { Subject = EntryPseudonyms.Of(disclosed.Subjects)[0] },
            new() { Field = "address" },
            new() { Field = "address.street" },
            new() { Field = "addr" },
            new() { Field = "email", Partner = "cedar-payments" },
            new() { Trace = sample[5].Trace.ToByteArray() },
            new() { Trace = linked.Link.Span[..16].ToArray() },
            new() { Key = sample.First(e => e.Caller is not null).Caller.Spki.ToByteArray() },
            new() { Receipt = new ReceiptId(new Guid(sample[17].Receipt.Span, bigEndian: true)) },
            new() { Since = s_start.AddMinutes(100) },
            new() { Since = s_start.AddMinutes(100), Until = s_start.AddMinutes(200), Kind = Kind.Disclosure },
        ];

        foreach (var filter in filters)
        {
            var expected = entries.Where(e => filter.Matches(e.Entry, SampleEntries.Scopes.FirstOrDefault(s => e.Entry.Scope == SampleEntries.HashOf(s))))
                .Select(e => e.Index).Reverse().ToList();
            expected.Count.ShouldBeGreaterThan(filter.Field == "addr" ? -1 : 0, filter.ToString());

            (await PagesAsync(index, filter)).ShouldBe(expected, filter.ToString());
        }
    }

    [Fact]
    public async Task Index_FilledInSteps_EqualsOneFilledAtOnce()
    {
        var steps = Open("steps.db");
        for (var i = 0; i < 10; i++)
        {
            await _sample.AppendAsync(_log, 20);
            await steps.CatchUpAsync(Cancellation);
        }

        await Open("once.db").CatchUpAsync(Cancellation);

        Dump("steps.db").ShouldBe(Dump("once.db"));
    }

    [Fact]
    public async Task Index_Damaged_IsFilledAnew()
    {
        await _sample.AppendAsync(_log, 10);
        await File.WriteAllTextAsync(_folder["index.db"], new string('x', 10_000), Cancellation);

        var index = Open("index.db");
        await index.CatchUpAsync(Cancellation);

        index.Next.ShouldBe(10);
    }

    [Fact]
    public async Task Index_OfAnotherLog_IsFilledAnew()
    {
        await _sample.AppendAsync(_log, 10);
        await Open("index.db").CatchUpAsync(Cancellation);
        _open.ForEach(i => i.Dispose());
        _open.Clear();
        using var other = SqliteDisclosureLog.Open(_folder["other.db"], new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        await _sample.AppendAsync(other, 3);
        using var reader = SqliteLogReader.Open(_folder["other.db"]);

        using var index = SqliteLogIndex.Open(_folder["index.db"], reader);
        await index.CatchUpAsync(Cancellation);

        index.Next.ShouldBe(3);
        (await index.QueryAsync(new LogFilter(), long.MaxValue, 100, Cancellation)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task CatchUp_NoTime_IndexesABatchAndTellsTheRest()
    {
        await new Index.BusyLog(2100).AppendToAsync(_log);
        var index = Open("index.db");

        (await index.CatchUpAsync(TimeSpan.Zero, TimeProvider.System, Cancellation)).ShouldBe(100);
        (await index.CatchUpAsync(TimeSpan.Zero, TimeProvider.System, Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task WasDisclosed_JustRecorded_IsKnownWithoutWaitingForTheFollower()
    {
        var index = Open("index.db");
        var record = new Pseudonym(RandomNumberGenerator.GetBytes(16));
        (await index.WasDisclosedAsync("cedar-payments", record, Cancellation)).ShouldBeFalse();
        var entry = _sample.Disclosure(s_start, "cedar-payments", [record]);

        await _log.AppendAsync(entry.ToByteArray(), SampleEntries.Stored(SampleEntries.Scopes[1]));

        (await index.WasDisclosedAsync("cedar-payments", record, Cancellation)).ShouldBeTrue();
        (await index.WasDisclosedAsync("harbour-carrier", record, Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task WasDisclosed_OnlyATombstone_IsFalse()
    {
        var index = Open("index.db");
        var record = new Pseudonym(RandomNumberGenerator.GetBytes(16));
        var entry = _sample.Disclosure(s_start, "cedar-payments", []);
        entry.Tombstones = SampleEntries.Join([record]);
        await _log.AppendAsync(entry.ToByteArray(), SampleEntries.Stored(SampleEntries.Scopes[1]));

        (await index.WasDisclosedAsync("cedar-payments", record, Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task Replay_SinceMidnight_GivesTheDaysDisclosuresOnly()
    {
        await _sample.AppendAsync(_log, 3000, TimeSpan.FromSeconds(3));
        var midnight = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        var expected = (await _reader.ReadAsync(0, 5000, Cancellation)).Select(l => Entry.Parser.ParseFrom(l.Bytes))
            .Where(e => e.Kind == Kind.Disclosure && e.Time.ToDateTimeOffset() >= midnight && !e.Subjects.IsEmpty)
            .SelectMany(e => EntryPseudonyms.Of(e.Subjects).Select(s => (e.Caller.Partner, s))).ToList();

        var replayed = await new LogReplay(_reader).DisclosuresSinceAsync(midnight, Cancellation).ToListAsync(Cancellation);

        expected.Count.ShouldBeGreaterThan(100);
        replayed.SelectMany(r => r.Subjects.Select(s => (r.Partner, s))).ShouldBe(expected, ignoreOrder: true);
        replayed.Select(r => r.Record).Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
    }

    [Fact]
    public async Task Indexer_LogGrows_FollowsAndTellsItsLag()
    {
        var index = Open("index.db");
        var indexer = new LogIndexer(index, _reader, TimeProvider.System, NullLogger<LogIndexer>.Instance);
        await _sample.AppendAsync(_log, 5);
        (await indexer.LagAsync(Cancellation)).Entries.ShouldBe(5);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = indexer.RunAsync(stop.Token);

        while (index.Next < 5)
        {
            await Task.Delay(10, Cancellation);
        }

        (await indexer.LagAsync(Cancellation)).ShouldBe(new IndexLag(0, TimeSpan.Zero));
        await stop.CancelAsync();
        await running;
    }

    private SqliteLogIndex Open(string file)
    {
        var index = SqliteLogIndex.Open(_folder[file], _reader);
        _open.Add(index);
        return index;
    }

    private static async Task<List<long>> PagesAsync(SqliteLogIndex index, LogFilter filter)
    {
        var found = new List<long>();
        while (true)
        {
            var page = await index.QueryAsync(filter, found.Count == 0 ? long.MaxValue : found[^1], 7, Cancellation);
            found.AddRange(page.Select(l => l.Index));
            if (page.Count < 7)
            {
                return found;
            }
        }
    }

    private string Dump(string file)
    {
        using var connection = new SqliteConnection($"Data Source={_folder[file]};Pooling=false");
        connection.Open();
        var dump = new StringBuilder();
        foreach (var table in (string[])["progress", "segment", "shape", "seen", "entry", "posting", "scope", "scope_field"])
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    dump.Append(rows[i] is byte[] bytes ? Convert.ToHexString(bytes) : rows[i]).Append('|');
                }

                dump.AppendLine(table);
            }
        }

        return dump.ToString();
    }
}
