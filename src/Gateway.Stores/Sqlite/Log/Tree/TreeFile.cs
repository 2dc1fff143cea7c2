using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>The tree's file: its tables, and how tiles and a checkpoint go into it together. Used by one thread at a time.</summary>
internal sealed class TreeFile : IDisposable
{
    /// <summary>"GWtr".</summary>
    public const int ApplicationId = 0x47577472;

    // A tile at the right edge is written over as it grows. A note: 0 the last one signed, 1 the last one with cosignatures.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS tile (level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, number)) STRICT;
        CREATE TABLE IF NOT EXISTS checkpoint (kind INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
        """;

    private const int Signed = 0;
    private const int Cosigned = 1;

    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _putTile;
    private readonly SqliteStatement _putNote;

    private TreeFile(SqliteWriterFile file)
    {
        _file = file;
        _putTile = file.Prepare("INSERT INTO tile VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET hashes = ?3");
        _putNote = file.Prepare("INSERT INTO checkpoint VALUES (?1, ?2) ON CONFLICT DO UPDATE SET note = ?2");
        Size = (long)(file.Scalar($"SELECT number * {TiledResource.FullWidth} + length(hashes) / {MerkleHash.Size} FROM tile WHERE level = 0 ORDER BY number DESC LIMIT 1") ?? 0L);
    }

    /// <summary>Leaves whose hashes it held when it was opened.</summary>
    public long Size { get; }

    /// <exception cref="StoreException">It cannot be opened or made durable.</exception>
    public static TreeFile Open(string path)
    {
        var file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        try
        {
            return new TreeFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The last note signed; null before the first, and where it is no note.</summary>
    public SignedNote? ReadSigned() => ReadNote(Signed);

    /// <summary>The last note with cosignatures.</summary>
    public SignedNote? ReadCosigned() => ReadNote(Cosigned);

    /// <summary>Writes and syncs tiles and, where given, the note that signs them, all or nothing.</summary>
    public void Write(IReadOnlyCollection<(TiledResource Tile, ReadOnlyMemory<byte> Hashes)> tiles, SignedNote? signed)
    {
        var bytes = 0L;
        _file.Begin();
        foreach (var (tile, hashes) in tiles)
        {
            _putTile.Bind(1, tile.Level).Bind(2, tile.Number).Bind(3, hashes.Span).Run();
            bytes += hashes.Length;
        }

        if (signed is not null)
        {
            _putNote.Bind(1, Signed).Bind(2, signed.ToBytes()).Run();
        }

        _file.Commit(bytes);
        _file.Checkpoint(idle: true);
    }

    /// <summary>Writes and syncs a note with cosignatures.</summary>
    public void WriteCosigned(SignedNote note)
    {
        var bytes = note.ToBytes();
        _file.Begin();
        _putNote.Bind(1, Cosigned).Bind(2, bytes).Run();
        _file.Commit(bytes.Length);
    }

    /// <inheritdoc cref="SqliteWriterFile.TryRollback"/>
    public bool TryRollback() => _file.TryRollback();

    public void Dispose()
    {
        _putTile.Dispose();
        _putNote.Dispose();
        _file.Dispose();
    }

    private SignedNote? ReadNote(int kind)
    {
        using var read = _file.Prepare("SELECT note FROM checkpoint WHERE kind = ?");
        return read.Bind(1, kind).RunForBytes() is { } bytes && SignedNote.TryParse(bytes, out var note) ? note : null;
    }
}
