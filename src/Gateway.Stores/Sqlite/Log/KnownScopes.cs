using System.Buffers.Binary;
using System.Collections.Concurrent;
using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Log;

/// <summary>
/// Hashes of scopes known to be durable, so that the writer need not store them again. Bounded, because a partner can name ever new
/// read masks: when full it forgets, and a forgotten scope is merely written once more to no effect.
/// </summary>
internal sealed class KnownScopes
{
    /// <summary>Scopes remembered.</summary>
    public const int Capacity = 65_536;

    private readonly ConcurrentDictionary<(ulong, ulong, ulong, ulong), byte> _hashes = new();

    public bool Has(StoredScope scope) => _hashes.ContainsKey(Key(scope.Hash.Span));

    public void Add(ReadOnlySpan<byte> hash)
    {
        if (_hashes.Count >= Capacity)
        {
            _hashes.Clear();
        }

        _hashes[Key(hash)] = 0;
    }

    private static (ulong, ulong, ulong, ulong) Key(ReadOnlySpan<byte> hash) => (
        BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]), BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]));
}
