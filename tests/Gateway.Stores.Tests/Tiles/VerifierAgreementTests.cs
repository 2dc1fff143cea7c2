using System.Globalization;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Core.Tests.Log.Verification;
using Gateway.Stores.Tiles;

namespace Gateway.Stores.Tests.Tiles;

/// <summary>Two implementations that share no code agree on roots, proofs and faults.</summary>
public sealed class VerifierAgreementTests : IDisposable
{
    private const int Size = 70_000;
    private const int Inclusions = 10_000;
    private const int Consistencies = 1_000;

    private readonly TemporaryFolder _folder = new();

    private string Tiles => _folder["tiles"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Verifiers_OverExportedTilesOfEachSize_AgreeOnRootsAndProofs()
    {
        PythonVerifier.SkipWhereAbsent();
        var log = SignedLog.Of(Size);
        foreach (var size in new[] { 0, 1, 255, 256, 257, 65_536, Size })
        {
            var first = size == Size ? log : new SignedLog([.. log.Entries.Take(size)], log.Signer);
            await new TileCopy(first, Tiles, new LogTrust(log.Signer.Verifier)).RunAsync(TestContext.Current.CancellationToken);

            (await VerifyAsync(log)).ShouldBe((true, $"{size} {Convert.ToHexStringLower(first.Checkpoint.Head.Root.ToBytes())}"));
        }

        (await new LogVerification(new FolderTiledLog(Tiles), new LogTrust(log.Signer.Verifier)).VerifyAsync(TestContext.Current.CancellationToken)).IsWhole.ShouldBeTrue();
        var questions = Questions().ToArray();
        await OursHoldThereAsync(questions);
        await TheirsHoldHereAsync(questions);
    }

    [Fact]
    public async Task Verifiers_OverATamperedExport_BothRefuse()
    {
        PythonVerifier.SkipWhereAbsent();
        var log = SignedLog.Of(600);
        await new TileCopy(log, Tiles, new LogTrust(log.Signer.Verifier)).RunAsync(TestContext.Current.CancellationToken);
        foreach (var resource in log.Resources.Where(r => r.Kind != ResourceKind.Scope))
        {
            var path = Path.Combine(Tiles, resource.Path);
            var bytes = log[resource].ToArray();
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

            var report = await new LogVerification(new FolderTiledLog(Tiles), new LogTrust(log.Signer.Verifier)).VerifyAsync(TestContext.Current.CancellationToken);
            var (holds, printed) = await VerifyAsync(log);

            report.IsWhole.ShouldBeFalse(resource.Path);
            holds.ShouldBeFalse($"{resource.Path}: {printed}");
            await File.WriteAllBytesAsync(path, log[resource], TestContext.Current.CancellationToken);
        }

        (await VerifyAsync(log)).Holds.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(600, 0)]
    [InlineData(600, 599)]
    [InlineData(600, 255)]
    public async Task Verifiers_OverAProofFile_AgreeOnIt(int size, int index)
    {
        PythonVerifier.SkipWhereAbsent();
        var log = SignedLog.Of(size);
        using var witness = Ed25519Signer.Generate("witness.example/w1", NoteVerifier.Cosignature, TimeProvider.System);
        var hashes = await new TreeReader(log, size).InclusionAsync(index, TestContext.Current.CancellationToken);
        var proof = new LogProof(log.Entries[index], index, [.. hashes], SignedNote.Sign(log.Checkpoint.Text, [log.Signer, witness]));
        var file = _folder["entry.tlog-proof"];
        await File.WriteAllBytesAsync(file, proof.ToBytes(), TestContext.Current.CancellationToken);
        string[] keys = ["--key", log.Signer.Verifier.ToString(), "--witness", witness.Verifier.ToString()];

        (await PythonVerifier.RunAsync(["proof", file, .. keys])).Printed.ShouldStartWith($"{index} {size} ");

        var altered = log.Entries[index].ToArray();
        altered[3] ^= 1;
        await File.WriteAllBytesAsync(file, (proof with { Entry = altered }).ToBytes(), TestContext.Current.CancellationToken);
        (await PythonVerifier.RunAsync(["proof", file, .. keys])).Holds.ShouldBeFalse();
        await File.WriteAllBytesAsync(file, (proof with { Checkpoint = SignedNote.Sign(log.Checkpoint.Text, [log.Signer]) }).ToBytes(), TestContext.Current.CancellationToken);
        (await PythonVerifier.RunAsync(["proof", file, .. keys])).Printed.ShouldContain("has not signed");
    }

    private Task<(bool Holds, string Printed)> VerifyAsync(SignedLog log) =>
        PythonVerifier.RunAsync("log", Tiles, "--key", log.Signer.Verifier.ToString());

    private async Task OursHoldThereAsync((bool IsInclusion, long First, long Second)[] questions)
    {
        var lines = new List<string>();
        foreach (var (isInclusion, first, second) in questions)
        {
            var reader = new TreeReader(new WiderTiles(Tiles), second);
            var proof = isInclusion
                ? await reader.InclusionAsync(first, TestContext.Current.CancellationToken)
                : await reader.ConsistencyAsync(first, TestContext.Current.CancellationToken);
            lines.Add(Line(isInclusion, first, second) + " " + string.Join(',', proof.Select(h => Convert.ToHexStringLower(h.ToBytes()))));
        }

        await File.WriteAllLinesAsync(_folder["ours"], lines, TestContext.Current.CancellationToken);

        (await PythonVerifier.RunAsync("check", Tiles, _folder["ours"])).ShouldBe((true, questions.Length.ToString(CultureInfo.InvariantCulture)));
    }

    private async Task TheirsHoldHereAsync((bool IsInclusion, long First, long Second)[] questions)
    {
        await File.WriteAllLinesAsync(
            _folder["questions"], questions.Select(q => Line(q.IsInclusion, q.First, q.Second)), TestContext.Current.CancellationToken);
        (await PythonVerifier.RunAsync("make", Tiles, _folder["questions"], _folder["theirs"])).ShouldBe((true, ""));

        var log = new WiderTiles(Tiles);
        var answers = await File.ReadAllLinesAsync(_folder["theirs"], TestContext.Current.CancellationToken);
        answers.Length.ShouldBe(questions.Length);
        foreach (var ((isInclusion, first, second), answer) in questions.Zip(answers))
        {
            var proof = answer.Split(' ')[3].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(h => new MerkleHash(Convert.FromHexString(h))).ToArray();
            var head = await HeadAsync(log, second);
            var holds = isInclusion
                ? MerkleProof.IsIncluded(await log.LeafAsync(first), first, head, proof)
                : MerkleProof.IsConsistent(await HeadAsync(log, first), head, proof);
            holds.ShouldBeTrue(answer);
        }
    }

    private static async Task<TreeHead> HeadAsync(WiderTiles log, long size) =>
        new(size, await new TreeReader(log, size).RootAsync(TestContext.Current.CancellationToken));

    private static string Line(bool isInclusion, long first, long second) => string.Create(
        CultureInfo.InvariantCulture, $"{(isInclusion ? "inclusion" : "consistency")} {first} {second}");

    private static IEnumerable<(bool IsInclusion, long First, long Second)> Questions()
    {
        var random = new Random(20261123);
        long[] edges = [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, Size];
        long AnySize() => random.Next(10) == 0 ? edges[random.Next(edges.Length)] : random.NextInt64(1, Size + 1);
        for (var i = 0; i < Inclusions; i++)
        {
            var size = AnySize();
            yield return (true, random.NextInt64(0, size), size);
        }

        for (var i = 0; i < Consistencies; i++)
        {
            var (one, other) = (AnySize(), AnySize());
            yield return (false, Math.Min(one, other), Math.Max(one, other));
        }
    }

    /// <summary>The export, also at sizes of which no checkpoint was signed: their partial tiles are the first part of wider ones.</summary>
    private sealed class WiderTiles(string folder) : ITiledLog
    {
        private readonly Dictionary<TiledResource, byte[]> _tiles = [];

        public async ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken)
        {
            var widest = TiledResource.Tile(
                resource.Level, resource.Number, (int)Math.Min(TiledResource.FullWidth, (Size >> (8 * resource.Level)) - (resource.Number * TiledResource.FullWidth)));
            if (!_tiles.TryGetValue(widest, out var tile))
            {
                _tiles[widest] = tile = (await new FolderTiledLog(folder).ReadAsync(widest, cancellationToken))!;
            }

            return tile[..(resource.Width * MerkleHash.Size)];
        }

        public async Task<MerkleHash> LeafAsync(long index)
        {
            var place = (int)(index % TiledResource.FullWidth);
            var tile = await ReadAsync(TiledResource.Tile(0, index / TiledResource.FullWidth, place + 1), TestContext.Current.CancellationToken);
            return new MerkleHash(tile.AsSpan(place * MerkleHash.Size));
        }
    }
}
