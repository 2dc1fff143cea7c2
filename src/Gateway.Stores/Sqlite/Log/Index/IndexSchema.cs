namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Tables of the query index. Derived from the log: a file of another version is deleted and filled anew.</summary>
internal static class IndexSchema
{
    /// <summary>SQLite's <c>user_version</c>; raised with each change below.</summary>
    public const long Version = 1;

    /// <summary><c>partner</c> of an administration is what it was done to. <c>time</c> is ticks of 100 ns since 1970, UTC.</summary>
    public const string Tables = """
        CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 0), next INTEGER NOT NULL, last_receipt BLOB NOT NULL) STRICT;
        INSERT INTO progress VALUES (0, 0, x'');
        CREATE TABLE entry (
            id INTEGER PRIMARY KEY, time INTEGER NOT NULL, receipt BLOB NOT NULL, kind INTEGER NOT NULL, partner TEXT NOT NULL,
            key BLOB NOT NULL, method TEXT NOT NULL, purpose TEXT NOT NULL, outcome INTEGER NOT NULL, refusal TEXT NOT NULL,
            trace BLOB NOT NULL, link BLOB NOT NULL, scope INTEGER, records INTEGER NOT NULL) STRICT;
        CREATE INDEX entry_time ON entry (time);
        CREATE INDEX entry_receipt ON entry (receipt);
        CREATE INDEX entry_kind ON entry (kind);
        CREATE INDEX entry_partner ON entry (partner);
        CREATE INDEX entry_key ON entry (key);
        CREATE INDEX entry_purpose ON entry (purpose);
        CREATE INDEX entry_refusal ON entry (refusal);
        CREATE INDEX entry_trace ON entry (trace);
        CREATE INDEX entry_link ON entry (link);
        CREATE INDEX entry_scope ON entry (scope);
        CREATE TABLE entry_record (
            record BLOB NOT NULL, id INTEGER NOT NULL, tombstone INTEGER NOT NULL, partner TEXT NOT NULL,
            PRIMARY KEY (record, id, tombstone)) STRICT, WITHOUT ROWID;
        CREATE TABLE entry_subject (subject BLOB NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (subject, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE scope (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE) STRICT;
        CREATE TABLE scope_field (path TEXT NOT NULL, scope INTEGER NOT NULL, PRIMARY KEY (path, scope)) STRICT, WITHOUT ROWID;
        """;
}
