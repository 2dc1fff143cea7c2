using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Obligations;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Obligations;

/// <summary>What is overdue of many releases. GATEWAY_INDEX_ENTRIES=1000000 makes it many indeed; then the printed times are the point.</summary>
public sealed class OverdueAtSizeTests : IDisposable
{
    private const int Partners = 20;
    private const int Purposes = 3;
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_deleteAfter = TimeSpan.FromDays(30);

    private static readonly int s_entries = int.Parse(
        Environment.GetEnvironmentVariable("GATEWAY_INDEX_ENTRIES") ?? "20000", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Owed_ManyReleases_IsWhatWasReleasedAndNotConfirmed()
    {
        // Of one partner a quarter of the time is confirmed, of another its first receipts by name.
        var confirmedBefore = s_start + (s_step * (s_entries / 4));
        var due = s_start + (s_step * (s_entries / 2)) + s_deleteAfter;
        var expected = new Dictionary<(string Partner, string Purpose), (long Releases, long Records)>();
        using (var log = SqliteDisclosureLog.Open(_folder["log.db"], new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance))
        {
            await FillAsync(log, confirmedBefore, due, expected);
        }

        using var reader = SqliteLogReader.Open(_folder["log.db"]);
        using var obligations = SqliteObligations.Open(_folder["obligations.db"], reader);
        var began = Stopwatch.GetTimestamp();
        await obligations.AskAsync(t => t.Began, Cancellation);
        var counted = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        var owed = await obligations.AskAsync(t => t.Owed(partner: null, due), Cancellation);
        var all = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        var one = await obligations.AskAsync(t => t.Owed(Partner(7), due), Cancellation);
        Tell($"{s_entries} releases counted in {counted.TotalSeconds:0.0} s ({s_entries / counted.TotalSeconds:0} a second, {new FileInfo(_folder["obligations.db"]).Length / 1e6:0} MB); "
            + $"all overdue {all.TotalMilliseconds:0} ms, one partner's {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");

        owed.ToDictionary(o => (o.Partner, o.Purpose), o => (o.Entries, o.Records)).ShouldBe(expected, ignoreOrder: true);
        owed.Where(o => o.Partner == Partner(7)).ShouldBe(one);
    }

    private static async Task FillAsync(
        SqliteDisclosureLog log, DateTimeOffset confirmedBefore, DateTimeOffset due, Dictionary<(string Partner, string Purpose), (long Releases, long Records)> expected)
    {
        var random = new Random(20261124);
        var scopes = Enumerable.Range(0, Partners * Purposes).Select(Scope).ToList();
        var stored = scopes.Select(s => new StoredScope(SHA256.HashData(s.ToByteArray()), s.ToByteArray())).ToList();
        var named = new List<byte>();
        var flying = new Queue<Task>();
        for (var i = 0; i < s_entries; i++)
        {
            var (time, scope, records) = (s_start + (s_step * i), random.Next(scopes.Count), random.Next(8) == 0 ? 20 : 1);
            var (partner, receipt) = (scope / Purposes, ReceiptId.New(time).Value.ToByteArray(bigEndian: true));
            var entry = new Entry
            {
                Receipt = UnsafeByteOperations.UnsafeWrap(receipt), Time = Timestamp.FromDateTimeOffset(time), Kind = Kind.Disclosure, Outcome = Outcome.Released,
                Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment", Purpose = scopes[scope].Purpose, Scope = ByteString.CopyFrom(stored[scope].Hash.Span),
                Caller = new Entry.Types.Caller { Partner = Partner(partner), Spki = ByteString.CopyFrom(new byte[32]), Peer = "192.0.2.1:40000" },
                Records = ByteString.CopyFrom(new byte[16 * records]), Subjects = ByteString.CopyFrom(new byte[16 * records]),
            };
            var isNamed = partner == 4 && named.Count < 16 * 500;
            if (isNamed)
            {
                named.AddRange(receipt);
            }

            var isConfirmed = isNamed || (partner == 3 && time < confirmedBefore);
            if (!isConfirmed && scopes[scope].DeleteAfter is not null && time + s_deleteAfter < due)
            {
                var sum = expected.GetValueOrDefault((Partner(partner), scopes[scope].Purpose));
                expected[(Partner(partner), scopes[scope].Purpose)] = (sum.Releases + 1, sum.Records + records);
            }

            await AppendAsync(log, flying, entry, stored[scope]);
        }

        await AppendAsync(log, flying, Confirmed(3, new Entry.Types.Deletion { ReleasedBefore = Timestamp.FromDateTimeOffset(confirmedBefore) }), scope: null);
        await AppendAsync(log, flying, Confirmed(4, new Entry.Types.Deletion { Receipts = ByteString.CopyFrom([.. named]) }), scope: null);
        await Task.WhenAll(flying);
    }

    private static async Task AppendAsync(SqliteDisclosureLog log, Queue<Task> flying, Entry entry, StoredScope? scope)
    {
        flying.Enqueue(log.AppendAsync(entry.ToByteArray(), scope).AsTask());
        if (flying.Count >= 500)
        {
            await flying.Dequeue();
        }
    }

    private static Entry Confirmed(int partner, Entry.Types.Deletion deletion)
    {
        var time = s_start + (s_step * s_entries);
        return new Entry
        {
            Receipt = ByteString.CopyFrom(ReceiptId.New(time).Value.ToByteArray(bigEndian: true)), Time = Timestamp.FromDateTimeOffset(time), Kind = Kind.Administration,
            Administration = new Entry.Types.Administration { Actor = Partner(partner), Action = ObligationActs.Confirm, Target = Partner(partner), Deletion = deletion },
        };
    }

    // The last one tells no time to delete by: it is never overdue.
    private static Scope Scope(int number) => new()
    {
        Contract = $"contract-{number / Purposes:00}", Record = "gateway.fulfilment.v1.Shipment", Purpose = $"essential.service.purpose_{number % Purposes}", Released = { "order_id" },
        DeleteAfter = number == (Partners * Purposes) - 1 ? null : Duration.FromTimeSpan(s_deleteAfter),
    };

    private static string Partner(int number) => $"partner-{number:00}";

    private static void Tell(string line) => TestContext.Current.TestOutputHelper!.WriteLine(line);
}
