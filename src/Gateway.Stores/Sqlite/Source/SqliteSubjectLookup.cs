using Gateway.Core.Annotations;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>Finds whose record a key names, for staff who read the log. Rare, so each look opens a connection of its own, read-only.</summary>
public sealed class SqliteSubjectLookup(string connectionString) : ISubjectLookup
{
    public async ValueTask<string?> FindSubjectAsync(RecordType record, string key, CancellationToken cancellationToken)
    {
        var layout = SourceLayout.Of(record);
        try
        {
            var settings = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            await using var connection = new SqliteConnection(settings.ToString());
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names come from our protos.
            command.CommandText = $"SELECT [subject_id] FROM [sharing_{record.Source}] WHERE [{layout.KeyColumn}] = $key LIMIT 1";
#pragma warning restore CA2100
            command.Parameters.AddWithValue("$key", key);
            return await command.ExecuteScalarAsync(cancellationToken) as string;
        }
        catch (SqliteException e)
        {
            throw new SourceException($"the view sharing_{record.Source} cannot be asked for a subject (SQLite error {e.SqliteExtendedErrorCode})", e);
        }
    }
}
