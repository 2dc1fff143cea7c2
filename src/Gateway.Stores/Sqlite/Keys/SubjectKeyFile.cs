using System.Security.Cryptography;
using Gateway.Core.Log;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>The subject keys' file: a row a subject, found by <see cref="KeySeals.Lookup"/>, by its pseudonym or by its mark. Used by one thread.</summary>
internal sealed class SubjectKeyFile : IDisposable
{
    /// <summary>"GWsk".</summary>
    public const int ApplicationId = 0x4757736B;

    /// <summary>Of more rows than this the file is not searched for copies, but written anew at once.</summary>
    private const int MostSearched = 8;

    private readonly SqliteWriterFile _file;
    private readonly KeySeals _seals;
    private readonly KeyRemnants _remnants;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _findByPseudonym;
    private readonly SqliteStatement _findByMark;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _identify;
    private readonly SqliteStatement _delete;
    private readonly SqliteStatement _markUnwiped;
    private readonly SqliteStatement _markWiped;
    private readonly List<byte[]> _deleted = [];
    private bool _unwiped;
    private bool _rewrite;

    private SubjectKeyFile(SqliteWriterFile file, string path, KeySeals seals)
    {
        _file = file;
        _seals = seals;
        _find = file.Prepare("SELECT wrapped, identity FROM subject_key WHERE lookup = ?");
        _findByPseudonym = file.Prepare("SELECT lookup, wrapped, identity FROM subject_key WHERE pseudonym = ?");
        _findByMark = file.Prepare("SELECT lookup, wrapped, pseudonym, identity FROM subject_key WHERE mark = ?");
        _insert = file.Prepare("INSERT INTO subject_key (lookup, wrapped, pseudonym, mark, identity) VALUES (?, ?, ?, ?, ?)");
        _identify = file.Prepare("UPDATE subject_key SET identity = ? WHERE lookup = ?");
        _delete = file.Prepare("DELETE FROM subject_key WHERE lookup = ?");
        _markUnwiped = file.Prepare("INSERT OR IGNORE INTO unwiped VALUES (0)");
        _markWiped = file.Prepare("DELETE FROM unwiped");
        _remnants = new KeyRemnants(path);
    }

    /// <exception cref="StoreException">It cannot be opened, or was made under another master key.</exception>
    public static SubjectKeyFile Open(string path, MasterKey master)
    {
        var file = SqliteWriterFile.Open(path, ApplicationId, KeyStoreShape.Tables);
        var seals = new KeySeals(master);
        SubjectKeyFile? keys = null;
        try
        {
            file.Scalar("PRAGMA secure_delete = ON");
            // A rewrite leaves no copy of the rows in another folder.
            file.Scalar("PRAGMA temp_store = MEMORY");
            CheckMaster(file, path, master);
            KeyStoreShape.Complete(file, seals);
            keys = new SubjectKeyFile(file, path, seals);
            keys._unwiped = keys._rewrite = file.Scalar("SELECT count(*) FROM unwiped") is not 0L;
            keys.Wipe();
            return keys;
        }
        catch (Exception e)
        {
            if (keys is not null)
            {
                keys.Dispose();
            }
            else
            {
                seals.Dispose();
                file.Dispose();
            }

            throw e as StoreException ?? new StoreException($"{path} cannot be made ready: {SqliteFailure.Describe(e)}", e);
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

    /// <summary>
    /// Finds or makes what each request asks for; what was made is durable when this returns. Destroys nothing. No request tries whether
    /// the file can be written.
    /// </summary>
    public void Answer(List<KeyRequest> batch)
    {
        if (batch.Count == 0)
        {
            _file.Begin();
            _file.Note(_file.Noted);
            _file.Commit(0);
            return;
        }

        Span<byte> lookup = stackalloc byte[KeySeals.LookupSize];
        var written = 0;
        foreach (var request in batch)
        {
            if (request is FindRequest find)
            {
                _seals.Lookup(find.SubjectId, lookup);
                var row = _find.Bind(1, lookup).RunForBlobs();
                if (find.Add && row?[1] is null)
                {
                    if (written++ == 0)
                    {
                        _file.Begin();
                    }

                    find.Found = row is null ? Add(find.SubjectId, lookup) : Identify(find.SubjectId, row[0]!, lookup);
                }
                else
                {
                    find.Found = row is null ? null : _seals.Unwrap(row[0]!, lookup);
                }
            }
            else if (request is IdentityRequest identity)
            {
                identity.Found = Find(identity.Subject);
            }
        }

        if (written > 0)
        {
            _file.Commit(written * 256L);
        }
    }

    /// <summary>Deletes the rows of these subjects, those that there are; durable when this returns. <see cref="Wipe"/> comes next.</summary>
    public IReadOnlyList<SubjectMark> Delete(IEnumerable<SubjectMark> subjects)
    {
        var deleted = new List<SubjectMark>();
        var values = new List<byte[]>();
        foreach (var subject in subjects)
        {
            var mark = KeySeals.Bytes(subject);
            if (_findByMark.Bind(1, mark).RunForBlobs() is [{ } lookup, { } wrapped, { } pseudonym, var identity])
            {
                if (deleted.Count == 0)
                {
                    _file.Begin();
                    _markUnwiped.Run();
                }

                _delete.Bind(1, lookup).Run();
                deleted.Add(subject);
                values.AddRange([lookup, wrapped, pseudonym, mark]);
                if (identity is not null)
                {
                    values.Add(identity);
                }
            }
        }

        if (deleted.Count > 0)
        {
            _file.Commit(deleted.Count * 256L);
            _unwiped = true;
            _rewrite |= deleted.Count > MostSearched;
            _deleted.AddRange(values);
        }

        return deleted;
    }

    /// <summary>
    /// Leaves nothing of deleted rows in the file and beside it: neither key, nor id, nor what links lookup, pseudonym and mark. Where a
    /// copy is found, the file is written anew, about a second for each 200,000 subjects.
    /// </summary>
    /// <exception cref="SqliteException">It could not; the next call and the next start try again.</exception>
    public void Wipe()
    {
        if (!_unwiped)
        {
            return;
        }

        _file.EmptyWriteAheadLog();
        if (_rewrite || _remnants.HoldAny(_deleted))
        {
            _rewrite = true;
            _file.Scalar("VACUUM");
            _file.EmptyWriteAheadLog();
        }

        _file.Begin();
        _markWiped.Run();
        _file.Commit(0);
        (_unwiped, _rewrite) = (false, false);
        _deleted.Clear();
    }

    /// <inheritdoc cref="SqliteWriterFile.TryRollback"/>
    public bool TryRollback() => _file.TryRollback();

    /// <inheritdoc cref="SqliteWriterFile.Checkpoint"/>
    public void Checkpoint(bool idle) => _file.Checkpoint(idle);

    /// <inheritdoc cref="SqliteWriterFile.Abandon"/>
    public void Abandon() => _file.Abandon();

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_find, _findByPseudonym, _findByMark, _insert, _identify, _delete, _markUnwiped, _markWiped])
        {
            statement.Dispose();
        }

        _file.Dispose();
        _remnants.Dispose();
        _seals.Dispose();
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

    private SubjectKey Add(string subjectId, ReadOnlySpan<byte> lookup)
    {
        var wrapped = _seals.WrapNew(lookup);
        var key = _seals.Unwrap(wrapped, lookup);
        _insert.Bind(1, lookup).Bind(2, wrapped).Bind(3, KeySeals.Bytes(key.Pseudonym)).Bind(4, KeySeals.Bytes(key.Mark))
            .Bind(5, _seals.SealIdentity(subjectId, lookup)).Run();
        return key;
    }

    private SubjectKey Identify(string subjectId, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> lookup)
    {
        var key = _seals.Unwrap(wrapped, lookup);
        _identify.Bind(1, _seals.SealIdentity(subjectId, lookup)).Bind(2, lookup).Run();
        return key;
    }

    private SubjectIdentity? Find(Pseudonym subject)
    {
        if (_findByPseudonym.Bind(1, KeySeals.Bytes(subject)).RunForBlobs() is not [{ } lookup, { } wrapped, var identity])
        {
            return null;
        }

        // The column itself is not sealed: the key tells whether the row is this pseudonym's.
        return _seals.Unwrap(wrapped, lookup).Pseudonym == subject
            ? new SubjectIdentity(identity is null ? null : _seals.OpenIdentity(identity, lookup))
            : throw new CryptographicException("the pseudonym is another row's");
    }
}
