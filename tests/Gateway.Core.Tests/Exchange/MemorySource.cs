using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Core.Sources;
using Gateway.Protos.Mailing.V1;
using Google.Protobuf;

namespace Gateway.Core.Tests.Exchange;

/// <summary>A row of the shop, with what routes it.</summary>
internal sealed record StoredRow(string Key, string SubjectId, string Recipient, DateTimeOffset OpenedAt, DateTimeOffset UpdatedAt, IMessage Record)
{
    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>A source in memory that answers as one over SQL does, or fails as it is told.</summary>
internal sealed class MemorySource : IRecordSource
{
    public List<StoredRow> Rows { get; } = [];

    /// <summary>Thrown by each read; null to answer.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What a row is given as: as it is, or as a broken source would.</summary>
    public Func<StoredRow, SourceRow> Answer { get; set; } = row => new SourceRow(row.Key, row.SubjectId, row.UpdatedAt, row.Record)
    {
        OpenedAt = row.OpenedAt,
        List = (row.Record as Subscriber)?.List,
    };

    /// <summary>Runs before each read.</summary>
    public Action OnRead { get; set; } = () => { };

    /// <summary>Reads so far.</summary>
    public int Reads { get; private set; }

    public IGrantReader Prepare(Grant grant) => new Reader(this, grant);

    public ISubjectReader PrepareForSubject(RecordType record, FieldSet fields) => new SubjectReader(this, record);

    /// <summary>Adds a row, or takes the place of the one with its key.</summary>
    public void Put(StoredRow row)
    {
        Rows.RemoveAll(r => r.Key == row.Key);
        Rows.Add(row);
    }

    /// <summary>Changes the row with this key.</summary>
    public void Change(string key, Func<StoredRow, StoredRow> change) => Put(change(Rows.Single(r => r.Key == key)));

    private StoredRow[] Read()
    {
        Reads++;
        OnRead();
        return Fault is null ? [.. Rows] : throw Fault;
    }

    private sealed class SubjectReader(MemorySource source, RecordType record) : ISubjectReader
    {
        public ValueTask<IReadOnlyList<SourceRow>> ListAsync(string subjectId, int limit, CancellationToken cancellationToken) => new(
            [.. source.Read().Where(r => r.SubjectId == subjectId && r.Record.Descriptor == record.Descriptor)
                .OrderByDescending(r => r.UpdatedAt).Take(limit).Select(source.Answer)]);
    }

    private sealed class Reader(MemorySource source, Grant grant) : IGrantReader
    {
        public ValueTask<SourceRow?> GetAsync(Leaf key, string value, DateTimeOffset now, CancellationToken cancellationToken) => new(
            Mine(now).Where(r => Equals(key.Field.Accessor.GetValue(r.Record), value)).OrderByDescending(r => r.UpdatedAt).Select(Row).FirstOrDefault());

        public ValueTask<IReadOnlyList<SourceRow>> BatchGetAsync(IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var mine = Mine(now).ToDictionary(r => r.Key, StringComparer.Ordinal);
            return new([.. keys.Where(mine.ContainsKey).Select(k => Row(mine[k]))]);
        }

        public ValueTask<IReadOnlyList<SourceRow>> ListAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
            new([.. Page(Mine(now), after, limit).Select(Row)]);

        public ValueTask<IReadOnlyList<SourceRow>> ListOpenAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
            new([.. Page(Records().Where(r => IsOpen(r, now)), after, limit).Select(Row)]);

        public ValueTask<IReadOnlyList<SourceRow>> ListOpenOfSubjectAsync(
            string subjectId, Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
            new([.. Page(Records().Where(r => r.SubjectId == subjectId && IsOpen(r, now)), after, limit).Select(Row)]);

        public ValueTask<IReadOnlyList<Departure>> ListDeparturesAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
            new([.. Page(Records().Where(r => !IsOpen(r, now)), after, limit).Select(Departed)]);

        public ValueTask<IReadOnlyList<Departure>> ListExpiredAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken) =>
            new([.. Records().Where(r => r.Recipient == grant.Partner && r.ClosedAt is null && r.OpenedAt + grant.MaxOpen > since && r.OpenedAt + grant.MaxOpen <= now)
                .Select(Departed)]);

        private IEnumerable<StoredRow> Records() => source.Read().Where(r => r.Record.Descriptor == grant.Record.Descriptor);

        private IEnumerable<StoredRow> Mine(DateTimeOffset now) =>
            Records().Where(r => IsOpen(r, now) || (r.Recipient == grant.Partner && r.ClosedAt is { } closed && closed + grant.Window > now));

        private bool IsOpen(StoredRow row, DateTimeOffset now) =>
            row.Recipient == grant.Partner && row.ClosedAt is null && row.OpenedAt + grant.MaxOpen > now;

        private static IEnumerable<StoredRow> Page(IEnumerable<StoredRow> rows, Cursor after, int limit) => rows
            .Where(r => r.UpdatedAt > after.UpdatedAt || (r.UpdatedAt == after.UpdatedAt && string.CompareOrdinal(r.Key, after.Key) > 0))
            .OrderBy(r => r.UpdatedAt).ThenBy(r => r.Key, StringComparer.Ordinal).Take(limit);

        private SourceRow Row(StoredRow row) => source.Answer(row);

        private Departure Departed(StoredRow row) => new(row.Key, row.SubjectId, row.UpdatedAt,
            row.Recipient != grant.Partner ? DepartureReason.Withdrawn : row.ClosedAt is not null ? DepartureReason.Closed : DepartureReason.Expired);
    }
}
