using System.Globalization;
using System.Text;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;

namespace Gateway.Tests.Witness;

/// <summary>A log in memory whose operator can do anything, for it holds the key. Its proofs are RFC 6962's definitions word for word, slow.</summary>
internal sealed class WitnessedLog : IDisposable
{
    public const string DefaultOrigin = "shop.example/log";

    private readonly Ed25519Signer _signer;
    private readonly bool _ownsSigner;
    private readonly List<MerkleHash> _leaves = [];

    public WitnessedLog(string origin = DefaultOrigin)
        : this(origin, Ed25519Signer.Generate(origin, NoteVerifier.Ed25519, TimeProvider.System), ownsSigner: true)
    {
    }

    private WitnessedLog(string origin, Ed25519Signer signer, bool ownsSigner) => (Origin, _signer, _ownsSigner) = (origin, signer, ownsSigner);

    public string Origin { get; }

    public NoteVerifier Key => _signer.Verifier;

    public int Size => _leaves.Count;

    public void Grow(int entries, string kind = "entry")
    {
        for (var i = 0; i < entries; i++)
        {
            _leaves.Add(MerkleHash.OfLeaf(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} {_leaves.Count}"))));
        }
    }

    /// <summary>The same key over other entries: what a rewriting operator has.</summary>
    public WitnessedLog Rewritten(int keep, int size)
    {
        var other = new WitnessedLog(Origin, _signer, ownsSigner: false);
        other._leaves.AddRange(_leaves.Take(keep));
        other.Grow(size - keep, "other");
        return other;
    }

    public TreeHead Head(int? size = null) => new(size ?? Size, Root(0, size ?? Size));

    public SignedNote Sign(int? size = null, params INoteSigner[] more) => Sign(Head(size), more);

    /// <summary>Signs whatever it is told to.</summary>
    public SignedNote Sign(TreeHead head, params INoteSigner[] more) => SignedNote.Sign(new Checkpoint(Origin, head).Text, [_signer, .. more]);

    /// <summary>The body of an add-checkpoint request.</summary>
    public string Body(int old, int? size = null, IEnumerable<MerkleHash>? proof = null) =>
        Body(old, Sign(size), proof ?? Proof(old, size ?? Size));

    public static string Body(int old, SignedNote note, IEnumerable<MerkleHash> proof) =>
        string.Create(CultureInfo.InvariantCulture, $"old {old}\n{string.Concat(proof.Select(h => h + "\n"))}\n{note}");

    /// <summary>PROOF(m, D[n]) of RFC 6962, section 2.1.2; none where one is empty or both are one.</summary>
    public List<MerkleHash> Proof(int old, int size) => old == 0 || old >= size ? [] : SubProof(old, 0, size, complete: true);

    public void Dispose()
    {
        if (_ownsSigner)
        {
            _signer.Dispose();
        }
    }

    private List<MerkleHash> SubProof(int m, int start, int n, bool complete)
    {
        if (m == n)
        {
            return complete ? [] : [Root(start, n)];
        }

        var k = Split(n);
        return m <= k
            ? [.. SubProof(m, start, k, complete), Root(start + k, n - k)]
            : [.. SubProof(m - k, start + k, n - k, complete: false), Root(start, k)];
    }

    /// <summary>The root over a range of leaves.</summary>
    public MerkleHash Range(int start, int n) => Root(start, n);

    private MerkleHash Root(int start, int n) => n switch
    {
        0 => MerkleHash.Empty,
        1 => _leaves[start],
        _ => MerkleHash.OfNode(Root(start, Split(n)), Root(start + Split(n), n - Split(n))),
    };

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }
}
