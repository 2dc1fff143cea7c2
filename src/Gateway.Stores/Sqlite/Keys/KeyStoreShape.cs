namespace Gateway.Stores.Sqlite.Keys;

/// <summary>The tables of the subject keys' file, and how one of an earlier shape comes to them.</summary>
internal static class KeyStoreShape
{
    /// <summary>
    /// <c>identity</c> is NULL in a row made before identities were kept, until its subject is seen again. A row in <c>unwiped</c> says that
    /// rows were deleted whose traces may still be in the file: it is written with the deletion, and removed when they are gone.
    /// </summary>
    public const string Tables = """
        CREATE TABLE IF NOT EXISTS subject_key (
            lookup BLOB PRIMARY KEY, wrapped BLOB NOT NULL, pseudonym BLOB, mark BLOB, identity BLOB) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS master (id INTEGER PRIMARY KEY CHECK (id = 0), check_value BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS unwiped (id INTEGER PRIMARY KEY CHECK (id = 0)) STRICT;
        """;

    private const string Indexes = """
        CREATE UNIQUE INDEX IF NOT EXISTS subject_pseudonym ON subject_key (pseudonym);
        CREATE UNIQUE INDEX IF NOT EXISTS subject_mark ON subject_key (mark);
        """;

    /// <summary>
    /// Adds what an earlier store lacks, each row's pseudonym and mark included, in one transaction. A store of today's shape is left as it
    /// is.
    /// </summary>
    public static void Complete(SqliteWriterFile file, KeySeals seals)
    {
        var lacking = ((string[])["pseudonym", "identity", "mark"]).Where(column => !Has(file, column)).ToArray();
        if (lacking.Length > 0)
        {
            file.Begin();
            foreach (var column in lacking)
            {
                file.Scalar($"ALTER TABLE subject_key ADD COLUMN {column} BLOB");
            }

            var rows = Fill(file, seals);
            // Rows that moved before deleted ones were overwritten have left copies.
            file.Scalar("INSERT OR IGNORE INTO unwiped VALUES (0)");
            file.Scalar(Indexes);
            file.Commit(rows * 192L);
        }
        else
        {
            file.Scalar(Indexes);
        }
    }

    private static bool Has(SqliteWriterFile file, string column) =>
        file.Scalar($"SELECT count(*) FROM pragma_table_info('subject_key') WHERE name = '{column}'") is not 0L;

    private static int Fill(SqliteWriterFile file, KeySeals seals)
    {
        using var next = file.Prepare("SELECT lookup, wrapped FROM subject_key WHERE lookup > ? ORDER BY lookup LIMIT 1");
        using var fill = file.Prepare("UPDATE subject_key SET pseudonym = ?, mark = ? WHERE lookup = ?");
        var rows = 0;
        byte[] last = [0];
        while (next.Bind(1, last).RunForBlobs() is [{ } lookup, { } wrapped])
        {
            var key = seals.Unwrap(wrapped, lookup);
            fill.Bind(1, KeySeals.Bytes(key.Pseudonym)).Bind(2, KeySeals.Bytes(key.Mark)).Bind(3, lookup).Run();
            last = lookup;
            rows++;
        }

        return rows;
    }
}
