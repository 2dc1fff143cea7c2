using Gateway.Configuration;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Witness;

/// <summary>
/// The log's operator as its adversary: writes to the database, then removes all that could tell, so that the gateway signs a tree made
/// anew, with the true key.
/// </summary>
internal static class TamperingOperator
{
    /// <summary>Removes the last entries.</summary>
    public static void CutOff(GatewaySettings settings, int entries) =>
        Change(settings, $"DELETE FROM leaf WHERE id > (SELECT max(id) - {entries} FROM leaf)");

    /// <summary>Changes one entry in the middle: a well-formed one that tells of something else.</summary>
    public static void Rewrite(GatewaySettings settings)
    {
        using var connection = Open(settings);
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT id, bytes FROM leaf ORDER BY id";
        using var rows = read.ExecuteReader();
        var found = (Id: -1L, Entry: new Entry());
        while (found.Id < 0 && rows.Read())
        {
            var entry = Entry.Parser.ParseFrom(rows.GetFieldValue<byte[]>(1));
            found = entry.Kind == Kind.Administration && entry.Administration.Action == "start" ? (rows.GetInt64(0), entry) : found;
        }

        rows.Close();
        found.Id.ShouldBeGreaterThanOrEqualTo(0);
        found.Entry.Administration.Reason = "this never happened";
        using var write = connection.CreateCommand();
        write.CommandText = "UPDATE leaf SET bytes = $bytes WHERE id = $id";
        write.Parameters.AddWithValue("$bytes", found.Entry.ToByteArray());
        write.Parameters.AddWithValue("$id", found.Id);
        write.ExecuteNonQuery().ShouldBe(1);
    }

    /// <summary>Removes the tree and the checkpoints; the key stays.</summary>
    public static void RemoveWhatTells(GatewaySettings settings, bool alsoCosigned = true)
    {
        string[] patterns = [Path.GetFileName(settings.Data.LogTree) + "*", Path.GetFileName(settings.Data.LogIndex) + "*", Path.GetFileName(settings.Data.Checkpoint)];
        foreach (var file in patterns.SelectMany(p => Directory.GetFiles(settings.Data.Root, p)))
        {
            File.Delete(file);
        }

        if (alsoCosigned)
        {
            Directory.Delete(settings.Data.Cosigned, recursive: true);
        }
    }

    private static void Change(GatewaySettings settings, string sql)
    {
        using var connection = Open(settings);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery().ShouldBeGreaterThan(0);
    }

    private static SqliteConnection Open(GatewaySettings settings)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = settings.Log, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
