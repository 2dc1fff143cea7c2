using System.Buffers;
using System.Security.Cryptography;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Tests.Log.Verification;

/// <summary>A signed tiled log in memory whose every resource a test can change. Entries are the gateway's own, the same in each run.</summary>
internal sealed class SignedLog : ITiledLog
{
    public const string Origin = "log.shop.example/disclosures";

    private static readonly Scope s_scope = new() { Contract = "northgate", Record = "gateway.fulfilment.v1.Shipment", Released = { "order_id" } };

    private readonly Dictionary<TiledResource, byte[]> _resources = [];

    public SignedLog(IReadOnlyList<byte[]> entries, Ed25519Signer signer)
    {
        Entries = entries;
        Signer = signer;
        var tree = new TileTree();
        foreach (var entry in entries)
        {
            tree.Append(MerkleHash.OfLeaf(entry), (tile, hashes) => _resources[tile] = hashes.ToArray());
        }

        foreach (var (tile, hashes) in tree.Partial)
        {
            _resources[tile] = hashes.ToArray();
        }

        foreach (var bundle in TiledResource.Between(0, entries.Count).Where(r => r.Kind == ResourceKind.Entries))
        {
            _resources[bundle] = Bundle(entries.Skip((int)bundle.Number * TiledResource.FullWidth).Take(bundle.Width));
        }

        _resources[TiledResource.Scope(new MerkleHash(SHA256.HashData(s_scope.ToByteArray())))] = s_scope.ToByteArray();
        Checkpoint = new Checkpoint(Origin, new TreeHead(tree.Size, tree.Root));
        _resources[TiledResource.Checkpoint] = SignedNote.Sign(Checkpoint.Text, [signer]).ToBytes();
    }

    private SignedLog(SignedLog other, Dictionary<TiledResource, byte[]> resources)
    {
        (Entries, Signer, Checkpoint, _resources) = (other.Entries, other.Signer, other.Checkpoint, resources);
    }

    public IReadOnlyList<byte[]> Entries { get; }

    public Ed25519Signer Signer { get; }

    public Checkpoint Checkpoint { get; }

    public IReadOnlyCollection<TiledResource> Resources => _resources.Keys;

    public byte[] this[TiledResource resource] => _resources[resource];

    public static Ed25519Signer NewSigner(string origin = Origin) => Ed25519Signer.Generate(origin, NoteVerifier.Ed25519, TimeProvider.System);

    /// <summary>A log of so many entries, the last of which may declare a gap.</summary>
    public static SignedLog Of(int count, Ed25519Signer? signer = null, Entry.Types.Administration? last = null) => new(
        [.. Enumerable.Range(0, count - (last is null ? 0 : 1)).Select(i => EntryAt(i).ToByteArray()), .. last is null ? [] : new[] { ActAt(count - 1, last).ToByteArray() }],
        signer ?? NewSigner());

    /// <summary>The same log with some resources changed; null takes one away.</summary>
    public SignedLog With(params (TiledResource Resource, byte[]? Bytes)[] changes)
    {
        var resources = new Dictionary<TiledResource, byte[]>(_resources);
        foreach (var (resource, bytes) in changes)
        {
            resources.Remove(resource);
            if (bytes is not null)
            {
                resources[resource] = bytes;
            }
        }

        return new SignedLog(this, resources);
    }

    /// <summary>The same log whose bundles hold these entries, all else as it was.</summary>
    public SignedLog WithEntries(IReadOnlyList<byte[]> entries) => With([.. Resources.Where(r => r.Kind == ResourceKind.Entries).Select(
        r => (r, (byte[]?)Bundle(entries.Skip((int)r.Number * TiledResource.FullWidth)
            .Take(r.Width == TiledResource.FullWidth ? r.Width : int.MaxValue))))]);

    /// <summary>The same log with one entry changed in its bundle.</summary>
    public SignedLog WithEntry(int index, byte[] entry)
    {
        var bundle = Resources.Single(r => r.Kind == ResourceKind.Entries && r.Number == index / TiledResource.FullWidth);
        var first = (int)bundle.Number * TiledResource.FullWidth;
        return With((bundle, Bundle(Enumerable.Range(first, bundle.Width).Select(i => i == index ? entry : Entries[i]))));
    }

    public ValueTask<LogReport> VerifyAsync(params Checkpoint[] since) =>
        new LogVerification(this, new LogTrust(Signer.Verifier)) { Since = since }.VerifyAsync(TestContext.Current.CancellationToken);

    public ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_resources.TryGetValue(resource, out var bytes) ? bytes : null);

    public static byte[] Bundle(IEnumerable<byte[]> entries)
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            EntryBundle.Append(bundle, entry);
        }

        return bundle.WrittenSpan.ToArray();
    }

    private static Entry EntryAt(int index) => new()
    {
        Receipt = ByteString.CopyFrom([.. SHA256.HashData(BitConverter.GetBytes(index)).Take(16)]),
        Time = new Timestamp { Seconds = 1_770_000_000 + index },
        Kind = Kind.Disclosure,
        Caller = new Entry.Types.Caller { Partner = "northgate-warehouse" },
        Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment",
        Scope = ByteString.CopyFrom(SHA256.HashData(s_scope.ToByteArray())),
        Outcome = Outcome.Released,
    };

    private static Entry ActAt(int index, Entry.Types.Administration act) => new()
    {
        Receipt = EntryAt(index).Receipt,
        Time = EntryAt(index).Time,
        Kind = Kind.Administration,
        Administration = act,
    };
}
