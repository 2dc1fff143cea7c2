using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Gateway.Contracts;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Incidents;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Tests.Contracts;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Incidents;

/// <summary>A report over many entries. GATEWAY_INDEX_ENTRIES=1000000 makes it many indeed; then the printed time is the point.</summary>
public sealed class IncidentAtSizeTests : IDisposable
{
    private const string Partner = "northgate-warehouse";
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly int s_entries = int.Parse(
        Environment.GetEnvironmentVariable("GATEWAY_INDEX_ENTRIES") ?? "20000", CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-incident-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Report_ManyEntries_IsExact()
    {
        using var log = SqliteDisclosureLog.Open(Path.Combine(_folder.FullName, "log.db"), new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        using var source = SqliteLogReader.Open(Path.Combine(_folder.FullName, "log.db"));
        var expected = await FillAsync(log);
        using var index = SqliteLogIndex.Open(Path.Combine(_folder.FullName, "index.db"), source);
        await index.CatchUpAsync(Cancellation);
        var loaded = await LoadedContracts.LoadAsync(Files(), DemoContracts.Catalogue, TimeProvider.System, Cancellation);
        var reader = new IncidentReader(index, source, DemoContracts.Catalogue, new SnapshotHolder(loaded.Snapshot), TimeProvider.System);
        var incident = IncidentScope.Of(new Incident
        {
            Partner = Partner, Since = Timestamp.FromDateTimeOffset(s_start), Until = Timestamp.FromDateTimeOffset(s_start.AddYears(1)),
        });
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = Stopwatch.GetTimestamp();

        var report = await reader.ReportAsync(incident, Cancellation);

        var took = Stopwatch.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{s_entries} entries reported in {took.TotalSeconds:0.0} s, {report.Customers} customers, {report.Records} records, "
            + $"{(GC.GetTotalMemory(forceFullCollection: false) - before) / 1e6:0} MB of garbage and sets");
        began = Stopwatch.GetTimestamp();
        (await reader.CustomersAsync(incident, Cancellation)).All.Count().ShouldBe(expected.Customers);
        TestContext.Current.TestOutputHelper!.WriteLine($"customers listed in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        ((int)report.Customers, (int)report.Records, (int)report.RecordsReleased, (int)report.Answers, (int)report.Refusals)
            .ShouldBe((expected.Customers, expected.Records, expected.Released, expected.Answers, expected.Refused));
    }

    private ContractFolder Files()
    {
        var contracts = _folder.CreateSubdirectory("contracts").FullName;
        DemoContracts.WriteTo(contracts);
        return new ContractFolder(contracts, TimeProvider.System);
    }

    private static async Task<(int Customers, int Records, int Released, int Answers, int Refused)> FillAsync(SqliteDisclosureLog log)
    {
        var random = new Random(7);
        var scope = new Scope
        {
            Contract = "northgate-warehousing", Record = "gateway.fulfilment.v1.Shipment", Purpose = "essential.service.fulfillment.warehousing",
            Released = { "order_id", "recipient_name", "address.street" }, DeleteAfter = Duration.FromTimeSpan(TimeSpan.FromDays(30)),
        };
        var stored = new StoredScope(SHA256.HashData(scope.ToByteArray()), scope.ToByteArray());
        var (customers, records) = (new HashSet<int>(), new HashSet<int>());
        var (released, answers, refused) = (0, 0, 0);
        var flying = new Queue<Task>();
        for (var i = 0; i < s_entries; i++)
        {
            var time = s_start.AddMilliseconds(20 * i);
            var entry = new Entry
            {
                Receipt = ByteString.CopyFrom(ReceiptId.New(time).Value.ToByteArray(bigEndian: true)), Time = Timestamp.FromDateTimeOffset(time),
                Kind = Kind.Disclosure, Outcome = Outcome.Released, Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment",
                Purpose = scope.Purpose, Scope = ByteString.CopyFrom(stored.Hash.Span),
                Caller = new Entry.Types.Caller { Partner = Partner, Spki = ByteString.CopyFrom(new byte[32]), Peer = $"192.0.2.{random.Next(20)}:{40_000 + random.Next(9000)}" },
            };
            if (random.Next(10) == 0)
            {
                (entry.Kind, entry.Outcome, entry.Refusal, entry.Count) = (Kind.Refusal, Outcome.Refused, "RATE_EXCEEDED", (uint)random.Next(3));
                entry.Scope = ByteString.Empty;
                refused += (int)Math.Max(1, entry.Count);
            }
            else
            {
                var orders = Enumerable.Range(0, random.Next(8) == 0 ? 20 : 1).Select(_ => random.Next(s_entries)).ToList();
                answers++;
                released += orders.Count;
                customers.UnionWith(orders.Select(o => o / 2));
                records.UnionWith(orders);
                entry.Records = Join(orders.Select(o => o + s_entries));
                entry.Subjects = Join(orders.Select(o => o / 2));
            }

            flying.Enqueue(log.AppendAsync(entry.ToByteArray(), entry.Scope.IsEmpty ? null : stored).AsTask());
            if (flying.Count >= 500)
            {
                await flying.Dequeue();
            }
        }

        await Task.WhenAll(flying);
        return (customers.Count, records.Count, released, answers, refused);
    }

    private static ByteString Join(IEnumerable<int> numbers) =>
        ByteString.CopyFrom([.. numbers.SelectMany(n => Bytes(n))]);

    // 16 bytes that are another number's never: what a pseudonym is, for counting.
    private static byte[] Bytes(int number) => SHA256.HashData(BitConverter.GetBytes(number))[..16];
}
