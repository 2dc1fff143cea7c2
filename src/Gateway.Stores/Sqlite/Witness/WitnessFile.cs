using System.Collections.Immutable;
using Gateway.Core.Log.Notes;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Witness;

/// <summary>What a witness remembers.</summary>
/// <param name="Signer">Its key; the caller disposes it.</param>
/// <param name="Cosigned">The last checkpoint of each log by origin, cosigned.</param>
public sealed record WitnessMemory(Ed25519Signer Signer, ImmutableSortedDictionary<string, SignedNote> Cosigned);

/// <summary>Reads a witness's memory, also while the witness runs.</summary>
public static class WitnessFile
{
    internal const int ApplicationId = 0x47577774;

    internal const string Schema = """
        CREATE TABLE IF NOT EXISTS key (id INTEGER PRIMARY KEY CHECK (id = 1), secret TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS cosigned (origin TEXT PRIMARY KEY, note BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """;

    /// <summary>Reads all of it and verifies each checkpoint by the witness's own key.</summary>
    /// <exception cref="StoreException">There is none, or it is damaged.</exception>
    public static WitnessMemory Read(string path, TimeProvider clock)
    {
        if (!File.Exists(path))
        {
            throw new StoreException($"{path} does not exist: no witness has run there");
        }

        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            var signer = ReadKey(connection, path, clock);
            try
            {
                return new WitnessMemory(signer, ReadCosigned(connection, path, signer.Verifier));
            }
            catch
            {
                signer.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw new StoreException($"{path} cannot be read: {SqliteFailure.Describe(e)}", e);
        }
    }

    internal static StoreException Damaged(string path) => new(
        $"{path} is damaged: what this witness remembers cannot be trusted, and without it the witness could cosign a forked log. "
        + "Put back the last copy, or start a new witness under a new name in another folder");

    private static Ed25519Signer ReadKey(SqliteConnection connection, string path, TimeProvider clock)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT secret FROM key WHERE id = 1";
        return command.ExecuteScalar() is string secret
            && Ed25519Signer.TryParse(secret, clock, out var signer) && signer.Verifier.Type == NoteVerifier.Cosignature
            ? signer
            : throw Damaged(path);
    }

    private static ImmutableSortedDictionary<string, SignedNote> ReadCosigned(SqliteConnection connection, string path, NoteVerifier witness)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT origin, note FROM cosigned";
        using var rows = command.ExecuteReader();
        var notes = ImmutableSortedDictionary.CreateBuilder<string, SignedNote>(StringComparer.Ordinal);
        while (rows.Read())
        {
            var origin = rows.GetString(0);
            if (!SignedNote.TryParse(rows.GetFieldValue<byte[]>(1), out var note) || Checkpoint.Verified(note, [witness])?.Origin != origin)
            {
                throw Damaged(path);
            }

            notes.Add(origin, note);
        }

        return notes.ToImmutable();
    }
}
