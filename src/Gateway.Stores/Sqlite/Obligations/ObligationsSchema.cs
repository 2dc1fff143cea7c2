namespace Gateway.Stores.Sqlite.Obligations;

/// <summary>Tables of the tally. Derived from the log: a file of another version is deleted and counted anew.</summary>
internal static class ObligationsSchema
{
    /// <summary>SQLite's <c>user_version</c>; raised with each change of the tables.</summary>
    public const long Version = 1;

    /// <summary>
    /// <c>owed</c> has a row for each release of records to a partner, <c>party</c> for each partner and purpose. Times are ticks of
    /// 100 ns since 0001, UTC; <c>delete_by</c> is null where the release told none. <c>began</c> is the index at which the log began.
    /// </summary>
    public const string Tables = """
        CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 0), next INTEGER NOT NULL, last_receipt BLOB NOT NULL, began INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES (0, 0, x'', 0);
        CREATE TABLE party (id INTEGER PRIMARY KEY, partner TEXT NOT NULL, purpose TEXT NOT NULL, UNIQUE (partner, purpose)) STRICT;
        CREATE TABLE owed (
            receipt BLOB PRIMARY KEY, party INTEGER NOT NULL, time INTEGER NOT NULL, delete_by INTEGER, records INTEGER NOT NULL,
            confirmed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX owed_open ON owed (party, delete_by, time, records) WHERE confirmed = 0;
        CREATE TABLE used_key (partner TEXT NOT NULL, key BLOB NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (partner, key)) STRICT, WITHOUT ROWID;
        CREATE TABLE ended (partner TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """;
}
