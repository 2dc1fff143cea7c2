using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>
/// The subjects used last, in two generations: when the young one is full, it becomes the old one and the old one is dropped. A use
/// brings a subject back to the young. No lock on the way of a call but for that.
/// </summary>
/// <param name="capacity">Subjects in both generations together.</param>
internal sealed class SubjectKeyCache(int capacity)
{
    private readonly Lock _gate = new();
    private volatile ConcurrentDictionary<string, SubjectKey> _young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, SubjectKey> _old = new(StringComparer.Ordinal);
    // Keys added to the young generation; under the gate.
    private int _count;

    /// <summary>Subjects held now.</summary>
    public int Count => _young.Count + _old.Count;

    public bool TryGet(string subjectId, [NotNullWhen(true)] out SubjectKey? key)
    {
        if (_young.TryGetValue(subjectId, out key))
        {
            return true;
        }

        if (!_old.TryGetValue(subjectId, out key))
        {
            return false;
        }

        lock (_gate)
        {
            // Not one that was removed meanwhile.
            if (_old.ContainsKey(subjectId))
            {
                AddLocked(subjectId, key);
            }
        }

        return true;
    }

    public void Add(string subjectId, SubjectKey key)
    {
        lock (_gate)
        {
            AddLocked(subjectId, key);
        }
    }

    /// <summary>Drops these subjects' keys. Looks at every key held: rare, and a key is found by its subject's id otherwise.</summary>
    public void Remove(IEnumerable<SubjectMark> subjects)
    {
        var gone = subjects.ToHashSet();
        lock (_gate)
        {
            foreach (var generation in (ConcurrentDictionary<string, SubjectKey>[])[_young, _old])
            {
                foreach (var held in generation.Where(held => gone.Contains(held.Value.Mark)))
                {
                    generation.TryRemove(held);
                }
            }
        }
    }

    private void AddLocked(string subjectId, SubjectKey key)
    {
        // Counted apart: the dictionary's own count takes all its locks.
        if (_young.TryAdd(subjectId, key) && ++_count >= capacity / 2)
        {
            _old = _young;
            _young = new ConcurrentDictionary<string, SubjectKey>(StringComparer.Ordinal);
            _count = 0;
        }
    }
}
