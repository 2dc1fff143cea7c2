using System.Collections.Frozen;
using Gateway.Core.Log.Notes;

namespace Gateway.Witness;

/// <summary>Whose checkpoints a witness cosigns: the keys of each log by its origin, which is their name. Immutable.</summary>
internal sealed class TrustedLogs
{
    private readonly FrozenDictionary<string, NoteVerifier[]> _keys;

    /// <param name="keys">Several of one name are one log that changes its key.</param>
    public TrustedLogs(IEnumerable<NoteVerifier> keys)
    {
        _keys = keys.GroupBy(k => k.Name, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The logs.</summary>
    public IEnumerable<string> Origins => _keys.Keys.Order(StringComparer.Ordinal);

    /// <summary>The log's keys; null where it is not one of ours.</summary>
    public IReadOnlyCollection<NoteVerifier>? KeysOf(string origin) => _keys.GetValueOrDefault(origin);
}
