using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Gateway.Tests.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Faults;

/// <summary>
/// A gateway's process is killed under load, again and again, and the journal of its clients is compared with its log: each record that
/// they got is in the entry that its receipt names, no index is missing, none is used twice. <c>GATEWAY_KILLS</c> says how often; 100
/// where it does not. Two gateways at once, each in a folder of its own, a new one after 50 kills.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int PerFolder = 50;

    private static readonly int s_kills =
        int.Parse(Environment.GetEnvironmentVariable("GATEWAY_KILLS") ?? "100", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Kill_UnderLoad_EveryRecordThatAClientGotIsInTheLog()
    {
        var seed = Random.Shared.Next();
        var folders = Enumerable.Range(0, (s_kills + PerFolder - 1) / PerFolder)
            .Select(i => new Folder(unchecked(seed + i), Math.Min(PerFolder, s_kills - (i * PerFolder)))).ToList();
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(folders, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (folder, _) => await folder.RunAsync());

        output.WriteLine(
            "{0} kills in {1:0} s: {2} answers with {3} records, {4} of them streamed; {5:0} answers a second under load; {6} entries; seed {7}",
            s_kills, Stopwatch.GetElapsedTime(begun).TotalSeconds, folders.Sum(f => f.Answers), folders.Sum(f => f.Records), folders.Sum(f => f.Streamed),
            folders.Sum(f => f.Answers) / folders.Sum(f => f.Loaded.TotalSeconds), folders.Sum(f => f.Entries), seed);
        folders.ShouldAllBe(f => f.Answers >= 50L * f.Kills && f.Streamed > 0);
    }

    /// <summary>One gateway's folder and what became of it.</summary>
    private sealed class Folder(int seed, int kills)
    {
        private readonly List<byte[]> _hashes = [];
        private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
        private readonly List<KillLoad.Got> _journal = [];

        public int Kills => kills;

        public long Answers { get; private set; }

        public long Records => _journal.Count;

        public long Streamed { get; private set; }

        public long Entries => _hashes.Count;

        public TimeSpan Loaded { get; private set; }

        public async Task RunAsync()
        {
            var settings = RunningGateway.Prepare();
            try
            {
                ContractFiles.LiftRates(settings);
                var random = new Random(seed);
                var orders = ShopViews.OpenOrders(settings, 20);
                for (var kill = 0; kill < kills; kill++)
                {
                    await KillAsync(settings, orders, random.Next(200));
                    await ReadNewEntriesAsync(settings.Log);
                }

                await CheckRecordsAsync(settings);
                await CheckIndicesAsync(settings.Log);
                await using var last = ServeProcess.Start(ServeProcess.Variables(settings));
                await last.ListeningAsync();
                using var channel = last.As(settings, "northgate-warehouse");
                (await channel.GetShipment(orders[0])).Shipment.ShouldNotBeNull();
            }
            finally
            {
                Directory.Delete(settings.Data.Root, recursive: true);
            }
        }

        private async Task KillAsync(GatewaySettings settings, IReadOnlyList<string> orders, int milliseconds)
        {
            await using var gateway = ServeProcess.Start(ServeProcess.Variables(settings));
            await gateway.ListeningAsync();
            using var load = new KillLoad(gateway, settings, orders);
            await PartnerAsks.EventuallyAsync(() => Task.FromResult(load.Answers >= 50));
            await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
            await gateway.KillAsync();
            Loaded += load.Elapsed;
            await load.EndedAsync();
            Answers += load.Answers;
            Streamed += load.Streamed;
            _journal.AddRange(load.Journal);
        }

        // As the kill left it; the next start must then come to terms with the same file.
        private async Task ReadNewEntriesAsync(string path)
        {
            var from = _hashes.Count;
            using var reader = SqliteLogReader.Open(path);
            foreach (var leaf in await reader.ReadAsync(from, int.MaxValue, CancellationToken.None))
            {
                leaf.Index.ShouldBe(_hashes.Count, "the log has a gap");
                _hashes.Add(SHA256.HashData(leaf.Bytes));
                var entry = Entry.Parser.ParseFrom(leaf.Bytes);
                _entries.TryAdd(entry.Id(), entry).ShouldBeTrue("a receipt id is used twice");
            }

            _entries.Count.ShouldBe(_hashes.Count);
            _hashes.Count.ShouldBeGreaterThan(from);
        }

        private async Task CheckRecordsAsync(GatewaySettings settings)
        {
            var subjects = ShopViews.Subjects(settings);
            using var keys = SqliteSubjectKeys.Open(
                settings.Data.SubjectKeys, MasterKeyFile.OpenOrCreate(settings.Data.MasterKey, settings.Data.SubjectKeys), new SubjectKeyOptions(),
                NullLogger<SqliteSubjectKeys>.Instance);
            var pseudonyms = new Dictionary<(string, string), string>();
            foreach (var got in _journal)
            {
                var entry = _entries.GetValueOrDefault(got.Receipt).ShouldNotBeNull($"a record was disclosed under {got.Receipt}, which is not in the log; seed {seed}");
                if (got.Key is null)
                {
                    entry.Kind.ShouldBe(Kind.Refusal);
                    continue;
                }

                if (!pseudonyms.TryGetValue((got.Type, got.Key), out var pseudonym))
                {
                    var key = (await keys.FindAsync(subjects[(got.Type, got.Key)])).ShouldNotBeNull();
                    pseudonyms[(got.Type, got.Key)] = pseudonym = key.OfRecord(got.Type, got.Key).ToString();
                }

                entry.Records.ToByteArray().Chunk(SubjectKey.PseudonymSize).Any(p => Convert.ToHexStringLower(p) == pseudonym)
                    .ShouldBeTrue($"{got.Type} was disclosed under {got.Receipt}, whose entry does not tell of it; seed {seed}");
            }
        }

        private async Task CheckIndicesAsync(string path)
        {
            using var reader = SqliteLogReader.Open(path);
            var leaves = await reader.ReadAsync(0, int.MaxValue, CancellationToken.None);
            leaves.Count.ShouldBe(_hashes.Count);
            leaves.Where((leaf, i) => leaf.Index != i || !SHA256.HashData(leaf.Bytes).AsSpan().SequenceEqual(_hashes[i])).ShouldBeEmpty("an index was used twice");
        }
    }
}
