using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>
/// The log's Merkle tree in SQLite, in a file of its own beside the log: tiles, and the last signed checkpoint, which become durable
/// together. One thread appends and commits; reading and <see cref="StoreCosigned"/> are safe for concurrent use.
/// </summary>
public sealed class SqliteTree : ITiledLog, IDisposable
{
    private readonly Lock _writing = new();
    private readonly Lock _reading = new();
    private readonly TreeFile _file;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _read;

    // Of the appending thread: the right edge, and full tiles that are not durable yet.
    private readonly TileTree _tree;
    private readonly Dictionary<(int Level, long Number), byte[]> _uncommitted = [];
    private long _committed;
    private volatile SignedNote? _signed;
    private volatile SignedNote? _cosigned;

    private SqliteTree(string path, TreeFile file)
    {
        Path = path;
        _file = file;
        _connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        _connection.Open();
        _read = _connection.CreateCommand();
        _read.CommandText = "SELECT hashes FROM tile WHERE level = $level AND number = $number";
        _read.Parameters.AddWithValue("$level", 0);
        _read.Parameters.AddWithValue("$number", 0L);
        _committed = file.Size;
        _signed = file.ReadSigned();
        _cosigned = file.ReadCosigned();
        _tree = TileTree.Resume(_committed, tile => Find(tile)
            ?? throw new StoreException($"{path} is damaged: {tile.Path} is missing or too short. Move it away: it is made anew from the log and compared with the checkpoint."));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Leaves appended, durable or not. Of the appending thread.</summary>
    public long Size => _tree.Size;

    /// <summary>The head over all leaves appended. Of the appending thread.</summary>
    public TreeHead Head => new(_tree.Size, _tree.Root);

    /// <summary>Full tiles that are not durable yet. Of the appending thread.</summary>
    public int Uncommitted => _uncommitted.Count;

    /// <summary>Leaves whose hashes are durable.</summary>
    public long Committed => Volatile.Read(ref _committed);

    /// <summary>The tiles with those that are not durable yet. Of the appending thread.</summary>
    public ITiledLog Growing => new GrowingTiles(this);

    /// <summary>The last note signed, with those cosignatures that are over the same text; null before the first.</summary>
    public SignedNote? Signed => _signed is { } signed && _cosigned is { } cosigned && signed.Text == cosigned.Text ? signed.With(cosigned.Signatures) : _signed;

    /// <summary>The last note stored with cosignatures, as it was stored; null before the first.</summary>
    public SignedNote? Cosigned => _cosigned;

    /// <summary>Opens or creates the tree. Verifies nothing that is signed.</summary>
    /// <exception cref="StoreException">It cannot be opened, or a tile of its right edge is missing.</exception>
    public static SqliteTree Open(string path)
    {
        var file = TreeFile.Open(path);
        try
        {
            return new SqliteTree(path, file);
        }
        catch (Exception e)
        {
            file.Dispose();
            throw e as StoreException ?? new StoreException(
                $"{path} cannot be read: {SqliteFailure.Describe(e)}. Where it is damaged, move it away: it is made anew from the log and compared with the checkpoint.", e);
        }
    }

    /// <summary>Appends the hash of the next leaf; durable with the next <see cref="Commit"/>.</summary>
    public void Append(MerkleHash leaf) => _tree.Append(leaf, (tile, hashes) => _uncommitted[(tile.Level, tile.Number)] = hashes.ToArray());

    /// <summary>Makes durable what was appended, with the note that signs it. What fails stays to be committed again.</summary>
    /// <exception cref="SqliteException">It is not durable.</exception>
    public void Commit(SignedNote? signed)
    {
        List<(TiledResource, ReadOnlyMemory<byte>)> tiles =
        [
            .. _uncommitted.Select(t => (TiledResource.Tile(t.Key.Level, t.Key.Number), (ReadOnlyMemory<byte>)t.Value)), .. _tree.Partial,
        ];
        Write(() => _file.Write(tiles, signed));
        _uncommitted.Clear();
        Volatile.Write(ref _committed, _tree.Size);
        _signed = signed ?? _signed;
    }

    /// <summary>Keeps a note to which witnesses have put their signatures. Whoever calls has verified all of them.</summary>
    /// <exception cref="SqliteException">It is not durable.</exception>
    public void StoreCosigned(SignedNote note)
    {
        Write(() => _file.WriteCosigned(note));
        _cosigned = note;
    }

    /// <summary>A tile of hashes as it is durable, of any width up to what there is; null for other resources.</summary>
    public ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken) =>
        ValueTask.FromResult(resource.Kind == ResourceKind.Tile ? Find(resource) : null);

    public void Dispose()
    {
        _read.Dispose();
        _connection.Dispose();
        _file.Dispose();
    }

    private void Write(Action write)
    {
        lock (_writing)
        {
            try
            {
                write();
            }
            catch
            {
                _file.TryRollback();
                throw;
            }
        }
    }

    private byte[]? Find(TiledResource tile)
    {
        byte[]? hashes;
        lock (_reading)
        {
            _read.Parameters[0].Value = tile.Level;
            _read.Parameters[1].Value = tile.Number;
            hashes = (byte[]?)_read.ExecuteScalar();
        }

        return Cut(hashes, tile);
    }

    private byte[]? FindGrowing(TiledResource tile)
    {
        if (_uncommitted.TryGetValue((tile.Level, tile.Number), out var full))
        {
            return Cut(full, tile);
        }

        var (edge, hashes) = _tree.Partial.FirstOrDefault(p => p.Tile.Level == tile.Level && p.Tile.Number == tile.Number);
        return edge.Width >= tile.Width ? Cut(hashes.ToArray(), tile) : Find(tile);
    }

    private static byte[]? Cut(byte[]? hashes, TiledResource tile)
    {
        var length = tile.Width * MerkleHash.Size;
        return hashes is null || hashes.Length < length ? null : hashes.Length == length ? hashes : hashes[..length];
    }

    private sealed class GrowingTiles(SqliteTree tree) : ITiledLog
    {
        public ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken) =>
            ValueTask.FromResult(resource.Kind == ResourceKind.Tile ? tree.FindGrowing(resource) : null);
    }
}
