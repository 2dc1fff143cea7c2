using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Stores.Sqlite;

/// <summary>Which failures of SQLite a writer may survive.</summary>
internal static class SqliteFailure
{
    /// <summary>
    /// True when nothing that follows can be trusted. After a failed sync the kernel has marked the pages clean, so that a retry lies; a
    /// damaged file does not mend; a row that is there already means another writer. Fatal unless known to pass: a full disk, a read-only
    /// file, a failed write are refused and tried again with the next batch.
    /// </summary>
    public static bool IsFatal(Exception failure) => failure is not SqliteException e || e.SqliteErrorCode switch
    {
        raw.SQLITE_IOERR => e.SqliteExtendedErrorCode is raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC,
        raw.SQLITE_READONLY => e.SqliteExtendedErrorCode is raw.SQLITE_READONLY_DBMOVED,
        raw.SQLITE_FULL or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_CANTOPEN
            or raw.SQLITE_PERM => false,
        _ => true,
    };

    /// <summary>What the operator can do about it; holds no data.</summary>
    public static string Describe(Exception failure) => failure is SqliteException e
        ? e.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "the disk is full; free space",
            raw.SQLITE_READONLY when e.SqliteExtendedErrorCode is raw.SQLITE_READONLY_DBMOVED =>
                "the file was moved or removed while it was in use; put it back",
            raw.SQLITE_READONLY => "the file or its folder is read-only",
            raw.SQLITE_CANTOPEN => "the file cannot be opened: it is missing, or its folder is read-only",
            raw.SQLITE_IOERR => $"the disk failed (SQLite {e.SqliteExtendedErrorCode})",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "the file is damaged; restore it from a backup",
            raw.SQLITE_CONSTRAINT => "another process has written to the file",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another process is using the file; end it",
            _ => $"SQLite error {e.SqliteExtendedErrorCode}",
        }
        : failure is CryptographicException ? "the file was changed, or is damaged; restore it from a backup" : failure.GetType().Name;
}
