using System.Diagnostics;
using System.Globalization;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log.Tree;

/// <summary>Start-up at size, measured and told: <c>GATEWAY_ENTRIES=10000000</c> says how large; 20,000 entries without.</summary>
public sealed class LargeLogTests
{
    [Fact]
    public async Task Start_LargeLog_TellsHowLongItTakes()
    {
        var entries = long.Parse(Environment.GetEnvironmentVariable("GATEWAY_ENTRIES") ?? "20000", CultureInfo.InvariantCulture);
        using var scene = new TreeScene();
        SqliteDisclosureLog.Open(scene["log.db"], new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance).Dispose();
        Fill(scene["log.db"], entries);

        var building = Stopwatch.StartNew();
        await scene.RunAsync(1);
        building.Stop();
        var starting = Stopwatch.StartNew();
        using var running = await scene.StartAsync();
        starting.Stop();

        running.Feed.Latest.ShouldNotBeNull().Checkpoint.Head.Size.ShouldBe(entries + 1);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{entries} entries: the tree made anew in {building.Elapsed.TotalSeconds:0.0} s, checked at start in {starting.Elapsed.TotalMilliseconds:0} ms");
    }

    private static void Fill(string path, long entries)
    {
        var entry = new Entry
        {
            Receipt = ByteString.CopyFrom(new byte[16]),
            Time = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)),
            Kind = Kind.Disclosure,
            Caller = new Entry.Types.Caller { Partner = "northgate-warehouse", Spki = ByteString.CopyFrom(new byte[32]) },
            Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment",
            Records = ByteString.CopyFrom(new byte[16]),
        };
        using var log = new SqliteConnection($"Data Source={path};Pooling=False");
        log.Open();
        using var fill = log.CreateCommand();
        fill.CommandTimeout = 0;
        fill.CommandText = """
            PRAGMA synchronous = OFF;
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $entries)
            INSERT INTO leaf SELECT i, $bytes FROM n;
            """;
        fill.Parameters.AddWithValue("$entries", entries);
        fill.Parameters.AddWithValue("$bytes", entry.ToByteArray());
        fill.ExecuteNonQuery();
    }
}
