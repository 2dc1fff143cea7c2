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

    private readonly Dictionary<string, DateTimeOffset> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset Change, DateTimeOffset Told)> _told = new(StringComparer.Ordinal);

    /// <summary>The last row sent.</summary>
    public Cursor SentUpTo { get; private set; } = sentUpTo;

    /// <summary>Departures up to this instant are told.</summary>
    public DateTimeOffset ToldUpTo { get; private set; } = toldUpTo;

    /// <summary>Where the next read of open rows starts: at <paramref name="now"/> at the latest, so that a row dated ahead hides no other.</summary>
    public Cursor ReadFrom(DateTimeOffset now) =>
        SentUpTo == Cursor.Start ? Cursor.Start : new Cursor((SentUpTo.UpdatedAt < now ? SentUpTo.UpdatedAt : now) - Overlap, "");

    /// <summary>True when this version of the row was not sent yet.</summary>
    public bool IsNew(SourceRow row) => !_given.TryGetValue(row.Key, out var at) || at < row.UpdatedAt;

    /// <summary>The row was sent.</summary>
    public void Sent(string key, DateTimeOffset updatedAt)
    {
        _given[key] = updatedAt;
        _told.Remove(key);
        if (updatedAt > SentUpTo.UpdatedAt || (updatedAt == SentUpTo.UpdatedAt && string.CompareOrdinal(key, SentUpTo.Key) > 0))
        {
            SentUpTo = new Cursor(updatedAt, key);
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
    }
}
