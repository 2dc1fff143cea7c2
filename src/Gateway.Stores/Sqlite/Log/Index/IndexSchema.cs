namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Tables of the query index. Derived from the log: a file of another version is deleted and filled anew.</summary>
internal static class IndexSchema
{
    /// <summary>SQLite's <c>user_version</c>; raised with each change below.</summary>
    public const long Version = 2;

    /// <summary>
    /// Entries a segment, as a power of two: 16,384. A segment's lists stay in the page cache while it is filled, however large the index
    /// has become; a query looks at one segment after another, newest first, so that what it may have to sort is bounded by it.
    /// </summary>
    public const int SegmentBits = 14;

    /// <summary>
    /// <c>shape</c> is what many entries have in common; <c>called</c> is 0 where there is no caller. <c>seen</c> tells which shapes a
    /// segment holds. <c>posting</c> finds what few entries have in common, see <see cref="IndexTerm"/>. <c>time</c>, <c>earliest</c> and
    /// <c>latest</c> are ticks of 100 ns since 1970, UTC. <c>minimum</c> is the index below which all is forgotten.
    /// </summary>
    public const string Tables = """
        CREATE TABLE progress (
            id INTEGER PRIMARY KEY CHECK (id = 0), next INTEGER NOT NULL, last_receipt BLOB NOT NULL, minimum INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES (0, 0, x'', 0);
        CREATE TABLE segment (id INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL) STRICT;
        CREATE TABLE shape (
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, called INTEGER NOT NULL, partner TEXT NOT NULL, key BLOB NOT NULL,
            method TEXT NOT NULL, purpose TEXT NOT NULL, outcome INTEGER NOT NULL, refusal TEXT NOT NULL, scope INTEGER NOT NULL,
            records INTEGER NOT NULL, action TEXT NOT NULL,
            UNIQUE (partner, key, method, purpose, scope, kind, called, outcome, refusal, records, action)) STRICT;
        CREATE TABLE seen (segment INTEGER NOT NULL, shape INTEGER NOT NULL, PRIMARY KEY (segment, shape)) STRICT, WITHOUT ROWID;
        CREATE TABLE entry (
            segment INTEGER NOT NULL, shape INTEGER NOT NULL, id INTEGER NOT NULL, time INTEGER NOT NULL,
            PRIMARY KEY (segment, shape, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE posting (
            segment INTEGER NOT NULL, term BLOB NOT NULL, shape INTEGER NOT NULL, id INTEGER NOT NULL,
            PRIMARY KEY (segment, term, shape, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE scope (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE) STRICT;
        CREATE TABLE scope_field (path TEXT NOT NULL, scope INTEGER NOT NULL, PRIMARY KEY (path, scope)) STRICT, WITHOUT ROWID;
        """;
}
