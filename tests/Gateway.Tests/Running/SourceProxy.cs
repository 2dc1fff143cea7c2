using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Sources;

namespace Gateway.Tests.Running;

/// <summary>The real source with something between: what is read can be held up or exchanged.</summary>
internal sealed class SourceProxy(IRecordSource inner) : IRecordSource
{
    /// <summary>Runs before each read.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Exchanges a row.</summary>
    public Func<SourceRow, SourceRow> Exchange { get; set; } = row => row;

    public IGrantReader Prepare(Grant grant) => new Reader(this, inner.Prepare(grant));

    public ISubjectReader PrepareForSubject(Core.Annotations.RecordType record, Core.Minimisation.FieldSet fields) =>
        new SubjectReader(this, inner.PrepareForSubject(record, fields));

    private sealed class SubjectReader(SourceProxy owner, ISubjectReader inner) : ISubjectReader
    {
        public async ValueTask<IReadOnlyList<SourceRow>> ListAsync(string subjectId, int limit, CancellationToken cancellationToken)
        {
            await owner.Before(cancellationToken);
            return [.. (await inner.ListAsync(subjectId, limit, cancellationToken)).Select(owner.Exchange)];
        }
    }

    private sealed class Reader(SourceProxy owner, IGrantReader inner) : IGrantReader
    {
        public async ValueTask<SourceRow?> GetAsync(Leaf key, string value, DateTimeOffset now, CancellationToken cancellationToken)
        {
            await owner.Before(cancellationToken);
            return await inner.GetAsync(key, value, now, cancellationToken) is { } row ? owner.Exchange(row) : null;
        }

        public async ValueTask<IReadOnlyList<SourceRow>> BatchGetAsync(IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellationToken)
        {
            await owner.Before(cancellationToken);
            return [.. (await inner.BatchGetAsync(keys, now, cancellationToken)).Select(owner.Exchange)];
        }

        public async ValueTask<IReadOnlyList<SourceRow>> ListAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken)
        {
            await owner.Before(cancellationToken);
            return [.. (await inner.ListAsync(after, limit, now, cancellationToken)).Select(owner.Exchange)];
        }

        public async ValueTask<IReadOnlyList<SourceRow>> ListOpenAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken)
        {
            await owner.Before(cancellationToken);
            return [.. (await inner.ListOpenAsync(after, limit, now, cancellationToken)).Select(owner.Exchange)];
        }

        public async ValueTask<IReadOnlyList<SourceRow>> ListOpenOfSubjectAsync(
            string subjectId, Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken)
        {
            await owner.Before(cancellationToken);
            return [.. (await inner.ListOpenOfSubjectAsync(subjectId, after, limit, now, cancellationToken)).Select(owner.Exchange)];
        }

        public ValueTask<IReadOnlyList<Departure>> ListDeparturesAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.ListDeparturesAsync(after, limit, now, cancellationToken);

        public ValueTask<IReadOnlyList<Departure>> ListExpiredAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.ListExpiredAsync(since, now, cancellationToken);
    }
}
