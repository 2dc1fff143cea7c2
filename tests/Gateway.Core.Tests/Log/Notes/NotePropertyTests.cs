using CsCheck;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;

namespace Gateway.Core.Tests.Log.Notes;

/// <summary>What is printed parses to the same; what was changed anywhere proves nothing.</summary>
public sealed class NotePropertyTests
{
    private static readonly Ed25519Signer s_signer = Ed25519Signer.Generate("log.example/1", NoteVerifier.Ed25519, TimeProvider.System);
    private static readonly Ed25519Signer s_witness = Ed25519Signer.Generate("witness.example", NoteVerifier.Cosignature, TimeProvider.System);
    private static readonly Gen<MerkleHash> s_hash = Gen.Byte.Array[MerkleHash.Size].Select(bytes => new MerkleHash(bytes));

    [Fact]
    public void Resources_PrintedAndParsed_AreTheSame() =>
        Gen.Select(Gen.Int[0, TiledResource.MaxLevel], Gen.Long[0, 1L << 55], Gen.Int[1, TiledResource.FullWidth], s_hash).Sample((level, number, width, hash) =>
        {
            foreach (var resource in new[] { TiledResource.Tile(level, number, width), TiledResource.Entries(number, width), TiledResource.Scope(hash), TiledResource.Checkpoint })
            {
                TiledResource.TryParse(resource.Path, out var parsed).ShouldBeTrue();
                parsed.ShouldBe(resource);
            }
        });

    [Fact]
    public void Checkpoints_PrintedAndParsed_AreTheSame() => Gen.Select(Gen.Long[0, long.MaxValue], s_hash).Sample((size, root) =>
    {
        var checkpoint = new Checkpoint("log.example/1", new TreeHead(size, root));

        Checkpoint.TryParse(checkpoint.Text, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(checkpoint);
    });

    [Fact]
    public void Keys_PrintedAndParsed_AreTheSame() => Gen.Byte.Array[32].Sample(_ =>
    {
        using var signer = Ed25519Signer.Generate("log.example/1", NoteVerifier.Ed25519, TimeProvider.System);

        NoteVerifier.TryParse(signer.Verifier.ToString(), out var key).ShouldBeTrue();
        key.ToString().ShouldBe(signer.Verifier.ToString());
    }, iter: 20);

    [Fact]
    public void Proofs_PrintedAndParsed_AreTheSame() =>
        Gen.Select(Gen.Byte.Array[1, 300], Gen.Long[0, long.MaxValue], s_hash.Array[0, 63]).Sample((entry, index, hashes) =>
        {
            var note = SignedNote.Sign(new Checkpoint("log.example/1", TreeHead.Empty).Text, [s_signer]);

            LogProof.TryParse(new LogProof(entry, index, [.. hashes], note).ToBytes(), out var parsed).ShouldBeTrue();
            parsed.Entry.ToArray().ShouldBe(entry);
            parsed.Index.ShouldBe(index);
            parsed.Hashes.ShouldBe(hashes);
            parsed.Checkpoint.ToString().ShouldBe(note.ToString());
        }, iter: 200);

    [Fact]
    public void Proof_ChangedAnywhere_ProvesNothing()
    {
        var leaf = MerkleHash.OfLeaf([1, 2, 3]);
        var other = MerkleHash.OfLeaf([4]);
        var checkpoint = new Checkpoint("log.example/1", new TreeHead(2, MerkleHash.OfNode(other, leaf)));
        var trust = new LogTrust([s_signer.Verifier], [s_witness.Verifier]);
        var proof = new LogProof(new byte[] { 1, 2, 3 }, 1, [other], SignedNote.Sign(checkpoint.Text, [s_signer, s_witness])).ToBytes();
        Proves(proof, trust).ShouldBeTrue();

        for (var at = 0; at < proof.Length; at++)
        {
            foreach (var change in new byte[] { 1, 2, 0x20, 0x80 })
            {
                var changed = proof.ToArray();
                changed[at] ^= change;
                Proves(changed, trust).ShouldBeFalse($"byte {at} ^ {change}");
            }

            Proves([.. proof[..at], .. proof[(at + 1)..]], trust).ShouldBeFalse($"without byte {at}");
            Proves(proof[..at], trust).ShouldBeFalse($"cut at {at}");
        }
    }

    private static bool Proves(byte[] bytes, LogTrust trust) =>
        LogProof.TryParse(bytes, out var proof) && trust.Judge(proof.Checkpoint).Checkpoint is { } checkpoint && proof.IsIncludedIn(checkpoint);
}
