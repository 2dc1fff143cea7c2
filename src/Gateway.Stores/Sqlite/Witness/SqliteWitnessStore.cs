using Gateway.Core.Log.Notes;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Witness;

/// <summary>
/// A witness's whole memory in one SQLite file, 0600: its key, and the last checkpoint that it cosigned of each log. One file, because a
/// key without its memory would cosign a forked log. Each checkpoint is kept with the witness's own cosignature, so that a changed row is
/// noticed. Not for concurrent use.
/// </summary>
public sealed class SqliteWitnessStore : IDisposable
{
    private readonly string _path;
    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _put;

    private SqliteWitnessStore(string path, SqliteWriterFile file)
    {
        _path = path;
        _file = file;
        _put = file.Prepare("INSERT OR REPLACE INTO cosigned (origin, note) VALUES (?1, ?2)");
        Memory = null!;
    }

    /// <summary>What the file held when it was opened.</summary>
    public WitnessMemory Memory { get; private init; }

    /// <summary>Opens the memory, or makes it with a new key.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="name">The witness's name: needed where the file is new, else null or the same.</param>
    /// <param name="clock">Tells a cosignature's time.</param>
    /// <exception cref="StoreException">In use, damaged, of another name, or new and without a name.</exception>
    public static SqliteWitnessStore Open(string path, string? name, TimeProvider clock)
    {
        if (!File.Exists(path) && name is null)
        {
            throw Nameless(path);
        }

        var file = SqliteWriterFile.Open(path, WitnessFile.ApplicationId, WitnessFile.Schema);
        try
        {
            if (file.Scalar("PRAGMA quick_check") is not "ok")
            {
                throw WitnessFile.Damaged(path);
            }

            // A first start that was cut short left neither; one without the other is damage.
            if (file.Scalar("SELECT (SELECT count(*) FROM key) + (SELECT count(*) FROM cosigned)") is 0L)
            {
                WriteKey(file, Ed25519Signer.Generate(name ?? throw Nameless(path), NoteVerifier.Cosignature, clock));
            }

            var memory = WitnessFile.Read(path, clock);
            return name is null || memory.Signer.Verifier.Name == name
                ? new SqliteWitnessStore(path, file) { Memory = memory }
                : throw new StoreException($"{path} is the memory of the witness {memory.Signer.Verifier.Name}, not of {name}: name another folder for a second witness");
        }
        catch (Exception e)
        {
            file.Dispose();
            throw e is SqliteException ? new StoreException($"{path} cannot be opened: {SqliteFailure.Describe(e)}", e) : e;
        }
    }

    /// <summary>Keeps the note as the last one of its log. Returns when it is durable.</summary>
    /// <exception cref="WitnessMemoryException">It is not.</exception>
    public void Put(string origin, SignedNote note)
    {
        var bytes = note.ToBytes();
        try
        {
            _file.Begin();
            _put.Bind(1, origin).Bind(2, bytes).Run();
            _file.Commit(bytes.Length);

            // Nothing stays in the write-ahead log alone, so that the one file can be copied without it.
            _file.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException e)
        {
            var isFatal = !_file.TryRollback() || SqliteFailure.IsFatal(e);
            throw new WitnessMemoryException($"{_path} cannot be written: {SqliteFailure.Describe(e)}", e) { IsFatal = isFatal };
        }
    }

    public void Dispose()
    {
        Memory.Signer.Dispose();
        _put.Dispose();
        _file.Dispose();
    }

    private static StoreException Nameless(string path) => new(
        $"{path} holds no witness: a new one needs a name. If this witness is not new, its memory was lost: put it back, or start a new "
        + "witness under a new name");

    private static void WriteKey(SqliteWriterFile file, Ed25519Signer signer)
    {
        using (signer)
        {
            file.Begin();
            using var insert = file.Prepare("INSERT INTO key (id, secret) VALUES (1, ?1)");
            insert.Bind(1, signer.ExportSecret()).Run();
            file.Commit(bytes: 0);
            file.Scalar("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}

/// <summary>A witness could not keep what it saw, so it must not cosign it.</summary>
public sealed class WitnessMemoryException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>True when nothing that follows can be trusted: the witness stops.</summary>
    public bool IsFatal { get; init; }
}
