using System.Globalization;
using Gateway.Core.Requests;

namespace Gateway.Stores.Sqlite.Requests;

/// <summary>Notices in the file of requests: made by a request's end, seen by their partner alone, closed by its acknowledgement.</summary>
public sealed class SqliteNoticeStore
{
    private const string IsOpen = "ready = 1 AND acknowledged IS NULL";

    private readonly RequestStoreFile _file;

    internal SqliteNoticeStore(RequestStoreFile file) => _file = file;

    /// <summary>Rises with each change, and when the store fails: as long as it is the same, there is nothing new.</summary>
    public long Version => _file.Version;

    /// <summary>Open notices of a partner after a place, the oldest first.</summary>
    /// <exception cref="RequestsUnavailableException">The store cannot answer.</exception>
    public IReadOnlyList<Notice> ListOpen(string partner, long after, int limit) => _file.Read(file =>
    {
        using var select = file.Command(
            $"SELECT {RequestRows.NoticeColumns} FROM notice WHERE partner = $partner AND sequence > $after AND {IsOpen} ORDER BY sequence LIMIT $limit");
        select.Parameters.AddWithValue("$partner", partner);
        select.Parameters.AddWithValue("$after", after);
        select.Parameters.AddWithValue("$limit", limit);
        return RequestRows.Notices(select);
    });

    /// <summary>Whether this is a notice of the partner's, and when it was acknowledged.</summary>
    /// <exception cref="RequestsUnavailableException">The store cannot answer.</exception>
    public NoticeStanding? Find(string partner, Guid id) => _file.Read(file =>
    {
        using var select = file.Command("SELECT acknowledged FROM notice WHERE id = $id AND partner = $partner AND ready = 1");
        select.Parameters.AddWithValue("$id", RequestRows.Bytes(id));
        select.Parameters.AddWithValue("$partner", partner);
        return select.ExecuteScalar() switch
        {
            long ticks => new NoticeStanding(new DateTimeOffset(ticks, TimeSpan.Zero)),
            DBNull => new NoticeStanding(null),
            _ => null,
        };
    });

    /// <summary>Closes an open notice of the partner's: its key and receipts are wiped. One that is closed stays as it is.</summary>
    /// <exception cref="RequestsUnavailableException">Nothing was changed.</exception>
    public void Acknowledge(string partner, Guid id, DateTimeOffset now) => _file.Write((file, wiped) =>
    {
        using var select = file.Command($"SELECT {RequestRows.NoticeColumns} FROM notice WHERE id = $id AND partner = $partner AND {IsOpen}");
        select.Parameters.AddWithValue("$id", RequestRows.Bytes(id));
        select.Parameters.AddWithValue("$partner", partner);
        if (RequestRows.Notices(select) is not [var notice])
        {
            return 0;
        }

        wiped.Add(RequestRows.Bytes(notice.Key));
        using var update = file.Command("UPDATE notice SET acknowledged = $now, key = NULL, receipts = NULL WHERE sequence = $sequence");
        update.Parameters.AddWithValue("$sequence", notice.Sequence);
        update.Parameters.AddWithValue("$now", now.UtcTicks);
        return update.ExecuteNonQuery();
    });

    /// <summary>How many notices made before an instant are open, by partner.</summary>
    /// <exception cref="RequestsUnavailableException">The store cannot answer.</exception>
    public IReadOnlyList<OpenNoticeCount> CountOpen(DateTimeOffset createdBefore) => _file.Read(file =>
    {
        using var select = file.Command(
            $"SELECT partner, count(*), min(created) FROM notice WHERE {IsOpen} AND created < $before GROUP BY partner ORDER BY partner");
        select.Parameters.AddWithValue("$before", createdBefore.UtcTicks);
        using var row = select.ExecuteReader();
        var counts = new List<OpenNoticeCount>();
        while (row.Read())
        {
            counts.Add(new OpenNoticeCount(
                row.GetString(0), Convert.ToInt32(row.GetInt64(1), CultureInfo.InvariantCulture), new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero)));
        }

        return counts;
    });
}

/// <summary>How a notice stands.</summary>
/// <param name="Acknowledged">When it was first acknowledged; null while it is open.</param>
public sealed record NoticeStanding(DateTimeOffset? Acknowledged);

/// <summary>Open notices of one partner.</summary>
/// <param name="Partner">Its id.</param>
/// <param name="Notices">How many.</param>
/// <param name="Oldest">When the oldest was made.</param>
public sealed record OpenNoticeCount(string Partner, int Notices, DateTimeOffset Oldest);
