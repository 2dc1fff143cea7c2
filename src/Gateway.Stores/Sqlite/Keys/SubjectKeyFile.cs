using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>
/// The subject keys' file. A row is found by HMAC-SHA256 of the subject's id and holds nonce, AES-256-GCM of the key, and tag, bound
/// to the look-up value: no row can be read, forged or moved to another subject without the master key. Used by one thread.
/// </summary>
internal sealed class SubjectKeyFile : IDisposable
{
    /// <summary>"GWsk".</summary>
    public const int ApplicationId = 0x4757736B;

    private const int NonceSize = 12;
    private const int TagSize = 16;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS subject_key (lookup BLOB PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS master (id INTEGER PRIMARY KEY CHECK (id = 0), check_value BLOB NOT NULL) STRICT;
        """;

    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _insert;
    private readonly byte[] _lookupKey;
    private readonly AesGcm _wrap;

    private SubjectKeyFile(SqliteWriterFile file, MasterKey master)
    {
        _file = file;
        _find = file.Prepare("SELECT wrapped FROM subject_key WHERE lookup = ?");
        _insert = file.Prepare("INSERT INTO subject_key (lookup, wrapped) VALUES (?, ?)");
        _lookupKey = master.SubjectLookupKey;
        _wrap = new AesGcm(master.SubjectWrapKey, TagSize);
    }

    /// <exception cref="StoreException">It cannot be opened, or was made under another master key.</exception>
    public static SubjectKeyFile Open(string path, MasterKey master)
    {
        var file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        try
        {
            CheckMaster(file, path, master);
            return new SubjectKeyFile(file, master);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>True when the file at <paramref name="path"/> holds a key; false also where it is no store, which opening it tells.</summary>
    public static bool HoldsAny(string path)
    {
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT EXISTS (SELECT 1 FROM subject_key)";
            return command.ExecuteScalar() is 1L;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>Finds or makes the key of each request; what was made is durable when this returns. No request tries whether the file can be written.</summary>
    public void Answer(List<KeyRequest> batch)
    {
        if (batch.Count == 0)
        {
            _file.Begin();
            _file.Note(0);
            _file.Commit(0);
            return;
        }

        Span<byte> lookup = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var made = 0;
        foreach (var request in batch)
        {
            HMACSHA256.HashData(_lookupKey, Encoding.UTF8.GetBytes(request.SubjectId), lookup);
            var wrapped = _find.Bind(1, lookup).RunForBytes();
            if (wrapped is null && request.Add)
            {
                if (made++ == 0)
                {
                    _file.Begin();
                }

                wrapped = Wrap(RandomNumberGenerator.GetBytes(SubjectKey.Size), lookup);
                _insert.Bind(1, lookup).Bind(2, wrapped).Run();
            }

            request.Found = wrapped is null ? null : Unwrap(wrapped, lookup);
        }

        if (made > 0)
        {
            _file.Commit(made * 128L);
        }
    }

    /// <inheritdoc cref="SqliteWriterFile.TryRollback"/>
    public bool TryRollback() => _file.TryRollback();

    /// <inheritdoc cref="SqliteWriterFile.Checkpoint"/>
    public void Checkpoint(bool idle) => _file.Checkpoint(idle);

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _file.Dispose();
        _wrap.Dispose();
        CryptographicOperations.ZeroMemory(_lookupKey);
    }

    private static void CheckMaster(SqliteWriterFile file, string path, MasterKey master)
    {
        using var read = file.Prepare("SELECT check_value FROM master WHERE id = 0");
        var stored = read.RunForBytes();
        if (stored is null)
        {
            using var write = file.Prepare("INSERT INTO master (id, check_value) VALUES (0, ?)");
            file.Begin();
            write.Bind(1, master.CheckValue).Run();
            file.Commit(0);
        }
        else if (!CryptographicOperations.FixedTimeEquals(stored, master.CheckValue))
        {
            throw new StoreException(
                $"{path} was made under another master key. Put back the key file that belongs to it, or restore both from one backup.");
        }
    }

    private byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> lookup)
    {
        var wrapped = new byte[NonceSize + SubjectKey.Size + TagSize];
        var nonce = wrapped.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        _wrap.Encrypt(nonce, key, wrapped.AsSpan(NonceSize, SubjectKey.Size), wrapped.AsSpan(NonceSize + SubjectKey.Size), lookup);
        return wrapped;
    }

    private SubjectKey Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> lookup)
    {
        Span<byte> key = stackalloc byte[SubjectKey.Size];
        _wrap.Decrypt(
            wrapped[..NonceSize], wrapped.Slice(NonceSize, SubjectKey.Size), wrapped[(NonceSize + SubjectKey.Size)..], key, lookup);
        return new SubjectKey(key);
    }
}
