using Gateway.Core.Permissions;
using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>
/// What one stream has sent: so that a change is sent once, and a tombstone only for a key that was given. Reads overlap, because a row
/// can be committed a little after the instant it carries. Owned by one stream.
/// </summary>
internal sealed class WatchState(Cursor sentUpTo, DateTimeOffset toldUpTo)
{
    /// <summary>How far each read goes back before the last row seen.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, GivenRow> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _passed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset Change, DateTimeOffset Told)> _told = new(StringComparer.Ordinal);
    private readonly HashSet<PreferenceChange> _heeded = [];
    private Queue<string> _rotation = new();

    /// <summary>The last row sent or passed over.</summary>
    public Cursor SentUpTo { get; private set; } = sentUpTo;

    /// <summary>Departures and changed preferences up to this instant are told.</summary>
    public DateTimeOffset ToldUpTo { get; private set; } = toldUpTo;

    /// <summary>Where the next read of open rows starts: at <paramref name="now"/> at the latest, so that a row dated ahead hides no other.</summary>
    public Cursor ReadFrom(DateTimeOffset now) =>
        SentUpTo == Cursor.Start ? Cursor.Start : new Cursor((SentUpTo.UpdatedAt < now ? SentUpTo.UpdatedAt : now) - Overlap, "");

    /// <summary>True when this version of the row was neither given nor passed over yet.</summary>
    public bool IsNew(SourceRow row) => IsNotGiven(row) && (!_passed.TryGetValue(row.Key, out var at) || at < row.UpdatedAt);

    /// <summary>True when this version of the row was not given yet.</summary>
    public bool IsNotGiven(SourceRow row) => !_given.TryGetValue(row.Key, out var given) || given.UpdatedAt < row.UpdatedAt;

    /// <summary>The row was sent.</summary>
    public void Gave(SourceRow row)
    {
        _given[row.Key] = new GivenRow(row.UpdatedAt, row.SubjectId, row.List);
        _told.Remove(row.Key);
        _passed.Remove(row.Key);
    }

    /// <summary>The row was not sent, and is not asked for again until it changes or its subject says something else.</summary>
    public void PassedOver(SourceRow row) => _passed[row.Key] = row.UpdatedAt;

    /// <summary>Rows up to this one were read in their order, and need not be read again.</summary>
    public void CameTo(SourceRow row)
    {
        if (row.UpdatedAt > SentUpTo.UpdatedAt || (row.UpdatedAt == SentUpTo.UpdatedAt && string.CompareOrdinal(row.Key, SentUpTo.Key) > 0))
        {
            SentUpTo = new Cursor(row.UpdatedAt, row.Key);
        }
    }

    /// <summary>True when this stream gave the key and has not taken it back.</summary>
    public bool Gave(string key) => _given.ContainsKey(key);

    /// <summary>True when this departure was told already.</summary>
    public bool Told(Departure departure) => _told.TryGetValue(departure.Key, out var told) && told.Change >= departure.UpdatedAt;

    /// <summary>The tombstone was sent.</summary>
    public void TookBack(Departure departure, DateTimeOffset now)
    {
        _given.Remove(departure.Key);
        _told[departure.Key] = (departure.UpdatedAt, now);
    }

    /// <summary>True once for each change of a preference; one dated ahead of the clock is heeded again when its time has come.</summary>
    public bool Heeds(PreferenceChange change, DateTimeOffset now) => change.ChangedAt > now || _heeded.Add(change);

    /// <summary>Up to <paramref name="count"/> of the keys given, other ones each time until all had their turn.</summary>
    public List<(string Key, GivenRow Row)> NextGiven(int count)
    {
        if (_rotation.Count == 0)
        {
            _rotation = new Queue<string>(_given.Keys);
        }

        var next = new List<(string, GivenRow)>(Math.Min(count, _rotation.Count));
        while (next.Count < count && _rotation.TryDequeue(out var key))
        {
            if (_given.TryGetValue(key, out var row))
            {
                next.Add((key, row));
            }
        }

        return next;
    }

    /// <summary>A whole round up to <paramref name="now"/> is through.</summary>
    public void RoundEnded(DateTimeOffset now)
    {
        ToldUpTo = now;
        // An expiry tells of an old change: what counts is how long reads can still find it.
        var forgotten = now - Overlap - Overlap;
        foreach (var (key, (change, told)) in _told)
        {
            if (change < forgotten && told < forgotten)
            {
                _told.Remove(key);
            }
        }

        _heeded.RemoveWhere(c => c.ChangedAt < forgotten);
        var unread = ReadFrom(now).UpdatedAt;
        foreach (var (key, at) in _passed)
        {
            if (at < unread)
            {
                _passed.Remove(key);
            }
        }
    }
}

/// <summary>A row that a stream gave: its version, whose it is, and the list it is about.</summary>
internal readonly record struct GivenRow(DateTimeOffset UpdatedAt, string SubjectId, string? List);
