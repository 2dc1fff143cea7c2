using System.Globalization;
using Gateway.Protos.Test.V1;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Tests.Source;

/// <summary>The test record's views over tables whose columns take any value as it is given: none has a type.</summary>
internal sealed class SqliteTestShop : TestShop
{
    private static readonly string[] s_routing = ["thing_id", "recipient", "subject_id", "opened_at", "closed_at", "updated_at"];

    private static readonly string[] s_columns =
    [
        .. Everything.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name)
            .Except(["thing_id", "address", "outer", "items", "structure"], StringComparer.Ordinal),
        "a_price_currency", "outer_inner_note",
        "address_street", "address_extra_line", "address_postal_code", "address_locality", "address_region", "address_country",
    ];

    private static readonly string[] s_children = ["sharing_everything_items", "sharing_everything_outer_parts"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-shop-");

    public SqliteTestShop()
    {
        Execute("PRAGMA journal_mode = WAL");
        Execute($"CREATE TABLE things ({Names(s_routing)}, {Names(s_columns)})");
        Execute("CREATE UNIQUE INDEX things_key ON things (thing_id)");
        CreateView(s_columns);
        foreach (var child in s_children)
        {
            Execute($"CREATE TABLE [{child}] (thing_id, position, sku, quantity, price, price_currency, inner_note)");
        }
    }

    public string Path => System.IO.Path.Combine(_folder.FullName, "shop.db");

    public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString();

    public static string Time(DateTimeOffset instant) => instant.Millisecond == 0
        ? instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public override void Put(TestRow row) => PutRaw(
    [
        ("thing_id", row.Key), ("recipient", row.Recipient), ("subject_id", row.SubjectId), ("opened_at", Time(row.OpenedAt)),
        ("closed_at", row.ClosedAt is { } closed ? Time(closed) : null), ("updated_at", Time(row.UpdatedAt)), .. row.Columns,
    ]);

    /// <summary>Writes a row as it is, whatever is wrong with it.</summary>
    public void PutRaw(params (string Column, object? Value)[] columns) => Insert("things", columns);

    public override void PutChild(string view, string key, int position, params (string Column, object? Value)[] columns) =>
        Insert("sharing_" + view, [("thing_id", key), ("position", position), .. columns]);

    public override void DropColumn(string column)
    {
        Execute("DROP VIEW sharing_everything");
        CreateView(s_columns.Where(c => c != column));
    }

    public override void Remove()
    {
        foreach (var file in Directory.GetFiles(_folder.FullName))
        {
            File.Move(file, file + ".away");
        }
    }

    public override void Restore()
    {
        foreach (var file in Directory.GetFiles(_folder.FullName, "*.away"))
        {
            File.Move(file, file[..^".away".Length]);
        }
    }

    public void Execute(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public override void Dispose() => _folder.Delete(recursive: true);

    private void CreateView(IEnumerable<string> columns) =>
        Execute($"CREATE VIEW sharing_everything AS SELECT {Names([.. s_routing, .. columns])} FROM things");

    private void Insert(string table, (string Column, object? Value)[] columns)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT OR REPLACE INTO [{table}] ({Names(columns.Select(c => c.Column))}) "
            + $"VALUES ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})";
        for (var i = 0; i < columns.Length; i++)
        {
            command.Parameters.AddWithValue($"$p{i}", columns[i].Value ?? DBNull.Value);
        }

        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        return connection;
    }

    private static string Names(IEnumerable<string> columns) => string.Join(", ", columns.Select(c => $"[{c}]"));
}
