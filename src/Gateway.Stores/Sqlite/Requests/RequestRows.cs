using System.Collections.Immutable;
using System.Text;
using Gateway.Core.Log;
using Gateway.Core.Requests;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Requests;

/// <summary>Rows of the two tables → values, and back.</summary>
internal static class RequestRows
{
    public const string Columns = "id, kind, state, mark, subject_id, record, fields, words, opened, due, extension, ended, ended_by, resolution";

    public const string NoticeColumns = "sequence, id, partner, kind, record, key, receipts, receipt_count, fields, created";

    public static List<CustomerRequest> Requests(SqliteCommand command)
    {
        using var row = command.ExecuteReader();
        var requests = new List<CustomerRequest>();
        while (row.Read())
        {
            requests.Add(new CustomerRequest(
                Id(row, 0),
                (RequestKind)row.GetInt32(1),
                (RequestState)row.GetInt32(2),
                new SubjectMark(row.GetFieldValue<byte[]>(3)),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.GetString(5),
                Fields(row.GetString(6)),
                row.IsDBNull(7) ? null : row.GetString(7),
                Time(row, 8),
                Time(row, 9),
                row.GetString(10),
                row.IsDBNull(11) ? null : new RequestEnd(Time(row, 11), row.GetString(12), row.GetString(13))));
        }

        return requests;
    }

    public static List<Notice> Notices(SqliteCommand command)
    {
        using var row = command.ExecuteReader();
        var notices = new List<Notice>();
        while (row.Read())
        {
            notices.Add(new Notice(
                Id(row, 1),
                row.GetString(2),
                (NoticeKind)row.GetInt32(3),
                row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5),
                row.IsDBNull(6) ? [] : Receipts(row.GetFieldValue<byte[]>(6)),
                row.GetInt32(7),
                Fields(row.GetString(8)),
                Time(row, 9))
            {
                Sequence = row.GetInt64(0),
            });
        }

        return notices;
    }

    /// <summary>Inserts notices of a request.</summary>
    public static void Insert(SqliteWriterFile file, Guid request, IReadOnlyList<Notice> notices, bool ready)
    {
        using var insert = file.Command("""
            INSERT INTO notice (id, request, partner, kind, record, key, receipts, receipt_count, fields, created, ready)
            VALUES ($id, $request, $partner, $kind, $record, $key, $receipts, $count, $fields, $created, $ready)
            """);
        foreach (var notice in notices)
        {
            insert.Parameters.Clear();
            insert.Parameters.AddWithValue("$id", Bytes(notice.Id));
            insert.Parameters.AddWithValue("$request", Bytes(request));
            insert.Parameters.AddWithValue("$partner", notice.Partner);
            insert.Parameters.AddWithValue("$kind", (int)notice.Kind);
            insert.Parameters.AddWithValue("$record", notice.Record);
            insert.Parameters.AddWithValue("$key", (object?)notice.Key ?? DBNull.Value);
            insert.Parameters.AddWithValue("$receipts", notice.Receipts.SelectMany(r => r.Value.ToByteArray(bigEndian: true)).ToArray());
            insert.Parameters.AddWithValue("$count", notice.ReceiptCount);
            insert.Parameters.AddWithValue("$fields", Joined(notice.Fields));
            insert.Parameters.AddWithValue("$created", notice.Created.UtcTicks);
            insert.Parameters.AddWithValue("$ready", ready ? 1 : 0);
            insert.ExecuteNonQuery();
        }
    }

    public static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    public static byte[] Bytes(SubjectMark mark)
    {
        var bytes = new byte[SubjectMark.Size];
        mark.CopyTo(bytes);
        return bytes;
    }

    /// <summary>A text as the file holds it; empty for none.</summary>
    public static byte[] Bytes(string? text) => Encoding.UTF8.GetBytes(text ?? "");

    public static string Joined(ImmutableArray<string> fields) => string.Join('\n', fields);

    private static ImmutableArray<string> Fields(string joined) => joined.Length == 0 ? [] : [.. joined.Split('\n')];

    private static Guid Id(SqliteDataReader row, int column) => new(row.GetFieldValue<byte[]>(column), bigEndian: true);

    private static DateTimeOffset Time(SqliteDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    private static ImmutableArray<ReceiptId> Receipts(byte[] joined) =>
        [.. joined.Chunk(16).Select(b => new ReceiptId(new Guid(b, bigEndian: true)))];
}
