using Gateway.Core.Permissions;
using Gateway.Stores.Sqlite.Preferences;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Stores.Tests.Preferences;

/// <summary>A shop's database with the view of preferences over a table whose columns take anything.</summary>
internal sealed class PreferenceShop : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-shop-");
    private readonly SqliteRecordSource _source;

    public PreferenceShop()
    {
        Execute("PRAGMA journal_mode = WAL");
        Execute("CREATE TABLE said (subject_id, topic, state, changed_at)");
        Execute("CREATE VIEW sharing_preferences AS SELECT subject_id, topic, state, changed_at FROM said");
        _source = new SqliteRecordSource($"Data Source={Path};Pooling=false", Clock);
        Preferences = new ShopPreferences(_source, Clock, Logs);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));

    public HeardLogs<ShopPreferences> Logs { get; } = new();

    public IPreferenceSource Preferences { get; }

    public string Path => System.IO.Path.Combine(_folder.FullName, "shop.db");

    public void Say(object? subject, object? topic, object? state, object? changedAt) =>
        Execute("INSERT INTO said VALUES ($a, $b, $c, $d)", ("$a", subject), ("$b", topic), ("$c", state), ("$d", changedAt));

    public void Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _source.Dispose();
        _folder.Delete(recursive: true);
    }
}
