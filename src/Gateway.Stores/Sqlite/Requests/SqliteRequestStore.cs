using Gateway.Core.Log;
using Gateway.Core.Requests;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Requests;

/// <summary>
/// Customers' requests and the notices that follow from them, in one file: a request ends, its notices begin and its words go in one
/// transaction. What customers wrote is here and nowhere else, and only until the request ends. Safe for concurrent use.
/// </summary>
public sealed class SqliteRequestStore : IDisposable
{
    private readonly RequestStoreFile _file;

    private SqliteRequestStore(RequestStoreFile file)
    {
        _file = file;
        Notices = new SqliteNoticeStore(file);
    }

    /// <summary>What partners are told.</summary>
    public SqliteNoticeStore Notices { get; }

    /// <summary>Why it cannot be used; null where it can.</summary>
    public string? Trouble => _file.Trouble;

    /// <summary>Opens or creates the store.</summary>
    /// <exception cref="StoreException">It cannot be opened safely.</exception>
    public static SqliteRequestStore Open(string path) => new(RequestStoreFile.Open(path));

    /// <summary>Adds a request; false where its customer has <paramref name="most"/> that have not ended.</summary>
    /// <exception cref="RequestsUnavailableException">It cannot; nothing was changed.</exception>
    public bool TryAdd(CustomerRequest request, int most) => _file.Write((file, _) =>
    {
        if (Open(file, request.Subject) >= most)
        {
            return false;
        }

        using var insert = file.Command("""
            INSERT INTO request (id, kind, state, mark, subject_id, record, fields, words, opened, due, extension)
            VALUES ($id, $kind, $state, $mark, $subject, $record, $fields, $words, $opened, $due, '')
            """);
        insert.Parameters.AddWithValue("$id", RequestRows.Bytes(request.Id));
        insert.Parameters.AddWithValue("$kind", (int)request.Kind);
        insert.Parameters.AddWithValue("$state", (int)request.State);
        insert.Parameters.AddWithValue("$mark", RequestRows.Bytes(request.Subject));
        insert.Parameters.AddWithValue("$subject", request.SubjectId);
        insert.Parameters.AddWithValue("$record", request.Record);
        insert.Parameters.AddWithValue("$fields", RequestRows.Joined(request.Fields));
        insert.Parameters.AddWithValue("$words", request.Words);
        insert.Parameters.AddWithValue("$opened", request.Opened.UtcTicks);
        insert.Parameters.AddWithValue("$due", request.Due.UtcTicks);
        insert.ExecuteNonQuery();
        return true;
    });

    /// <summary>How many requests of a customer have not ended.</summary>
    public int CountOpen(SubjectMark subject) => _file.Read(file => Open(file, subject));

    /// <summary>The request, or null.</summary>
    public CustomerRequest? Find(Guid id) => _file.Read(file => Select(file, "id = $id", c => c.Parameters.AddWithValue("$id", RequestRows.Bytes(id))).FirstOrDefault());

    /// <summary>All requests of a customer, the latest first.</summary>
    public IReadOnlyList<CustomerRequest> ListOf(SubjectMark subject) => _file.Read(
        file => Select(file, "mark = $mark ORDER BY id DESC", c => c.Parameters.AddWithValue("$mark", RequestRows.Bytes(subject))));

    /// <summary>Requests in the order of their opening.</summary>
    /// <param name="overdueAt">Only those that should have been answered by then; null for any.</param>
    /// <param name="includeEnded">Those that have ended too.</param>
    /// <param name="after">The last one of the page before; the empty id for the first page.</param>
    /// <param name="limit">How many at most.</param>
    public IReadOnlyList<CustomerRequest> List(DateTimeOffset? overdueAt, bool includeEnded, Guid after, int limit) => _file.Read(file => Select(
        file,
        $"id > $after {(overdueAt is null ? "" : "AND state <= 2 AND due < $at")} {(includeEnded ? "" : "AND state <= 2")} ORDER BY id LIMIT $limit",
        c =>
        {
            c.Parameters.AddWithValue("$after", RequestRows.Bytes(after));
            c.Parameters.AddWithValue("$at", (overdueAt ?? default).UtcTicks);
            c.Parameters.AddWithValue("$limit", limit);
        }));

    /// <summary>Gives an open request more time.</summary>
    public void Extend(Guid id, DateTimeOffset due, string reason) => _file.Write((file, _) =>
    {
        using var update = file.Command("UPDATE request SET due = $due, extension = $reason WHERE id = $id AND state = 1");
        update.Parameters.AddWithValue("$id", RequestRows.Bytes(id));
        update.Parameters.AddWithValue("$due", due.UtcTicks);
        update.Parameters.AddWithValue("$reason", reason);
        return update.ExecuteNonQuery();
    });

    /// <summary>Ends a request: words and id of the customer are wiped, and its notices can be seen, all at once or not at all.</summary>
    public void End(CustomerRequest request, RequestState state, RequestEnd end, IReadOnlyList<Notice> notices) => _file.Write((file, wiped) =>
    {
        // What an erasure wrote before it began is replaced by what was found at its end.
        ForgetNotices(file, request.Id, wiped);
        RequestRows.Insert(file, request.Id, notices, ready: true);
        wiped.Add(RequestRows.Bytes(request.Words));
        wiped.Add(RequestRows.Bytes(request.SubjectId));
        SetState(file, request.Id, state, end, ", subject_id = NULL, words = NULL");
        return 0;
    });

    /// <summary>An erasure begins: its notices are durable, and nobody sees them yet.</summary>
    public void BeginErasing(CustomerRequest request, RequestEnd end, IReadOnlyList<Notice> notices) => _file.Write((file, wiped) =>
    {
        ForgetNotices(file, request.Id, wiped);
        RequestRows.Insert(file, request.Id, notices, ready: false);
        SetState(file, request.Id, RequestState.Erasing, end, "");
        return 0;
    });

    /// <summary>The notices of an erasure that has begun, as they were written then.</summary>
    public IReadOnlyList<Notice> NoticesOf(Guid request) => _file.Read(file =>
    {
        using var select = file.Command($"SELECT {RequestRows.NoticeColumns} FROM notice WHERE request = $request ORDER BY sequence");
        select.Parameters.AddWithValue("$request", RequestRows.Bytes(request));
        return RequestRows.Notices(select);
    });

    /// <summary>An erasure that cannot go on is open again, and its notices are gone.</summary>
    public void Reopen(CustomerRequest request) => _file.Write((file, wiped) =>
    {
        ForgetNotices(file, request.Id, wiped);
        using var update = file.Command("UPDATE request SET state = 1, ended = NULL, ended_by = NULL, resolution = NULL WHERE id = $id");
        update.Parameters.AddWithValue("$id", RequestRows.Bytes(request.Id));
        return update.ExecuteNonQuery();
    });

    /// <summary>Wipes what could not be wiped before, and looks whether the store can be used again. Never throws.</summary>
    public void Tend() => _file.Tend();

    public void Dispose() => _file.Dispose();

    private static int Open(SqliteWriterFile file, SubjectMark subject)
    {
        using var count = file.Command("SELECT count(*) FROM request WHERE mark = $mark AND state <= 2");
        count.Parameters.AddWithValue("$mark", RequestRows.Bytes(subject));
        return Convert.ToInt32(count.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static List<CustomerRequest> Select(SqliteWriterFile file, string where, Action<SqliteCommand> bind)
    {
        using var select = file.Command($"SELECT {RequestRows.Columns} FROM request WHERE {where}");
        bind(select);
        return RequestRows.Requests(select);
    }

    private static void SetState(SqliteWriterFile file, Guid id, RequestState state, RequestEnd end, string more)
    {
        using var update = file.Command(
            $"UPDATE request SET state = $state, ended = $at, ended_by = $by, resolution = $resolution{more} WHERE id = $id");
        update.Parameters.AddWithValue("$id", RequestRows.Bytes(id));
        update.Parameters.AddWithValue("$state", (int)state);
        update.Parameters.AddWithValue("$at", end.At.UtcTicks);
        update.Parameters.AddWithValue("$by", end.By);
        update.Parameters.AddWithValue("$resolution", end.Resolution);
        update.ExecuteNonQuery();
    }

    private static void ForgetNotices(SqliteWriterFile file, Guid request, List<byte[]> wiped)
    {
        using var select = file.Command("SELECT key FROM notice WHERE request = $request AND key IS NOT NULL");
        select.Parameters.AddWithValue("$request", RequestRows.Bytes(request));
        using (var rows = select.ExecuteReader())
        {
            while (rows.Read())
            {
                wiped.Add(RequestRows.Bytes(rows.GetString(0)));
            }
        }

        using var delete = file.Command("DELETE FROM notice WHERE request = $request");
        delete.Parameters.AddWithValue("$request", RequestRows.Bytes(request));
        delete.ExecuteNonQuery();
    }
}
