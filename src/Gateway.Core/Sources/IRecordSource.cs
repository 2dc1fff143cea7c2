using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Google.Protobuf;

namespace Gateway.Core.Sources;

/// <summary>
/// Where records come from: one view a record, in the shop's database. A process boundary. All members throw
/// <see cref="SourceException"/> when the source cannot answer, and never give a partial record.
/// </summary>
public interface IRecordSource
{
    /// <summary>
    /// Compiles what one grant needs: statements that read its granted columns, its key columns and the routing columns, nothing else.
    /// </summary>
    IGrantReader Prepare(Grant grant);

    /// <summary>
    /// Compiles what it takes to read a record's <paramref name="fields"/> of one subject: these columns, the key, the subject, the
    /// opening and the last change, nothing else.
    /// </summary>
    ISubjectReader PrepareForSubject(RecordType record, FieldSet fields);
}

/// <summary>
/// Reads one subject's records, whoever they are routed to, open or closed: what the subject itself may see, and what a case or a request
/// is about. Safe for concurrent use.
/// </summary>
public interface ISubjectReader
{
    /// <summary>
    /// Up to <paramref name="limit"/> records of the subject, changed last first. A key that the view gives for several recipients comes as
    /// often. A row that cannot be read fails the call.
    /// </summary>
    ValueTask<IReadOnlyList<SourceRow>> ListAsync(string subjectId, int limit, CancellationToken cancellationToken);
}

/// <summary>
/// Reads one grant's records: only rows routed to its partner and inside its window at <c>now</c>. Safe for concurrent use. A row that
/// is foreign, lapsed or unknown is simply not there.
/// </summary>
public interface IGrantReader
{
    /// <summary>The record with this key, or null. Where an alternate key matches several, the one changed last.</summary>
    ValueTask<SourceRow?> GetAsync(Leaf key, string value, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The records with these keys that are available, in the order asked for, each once.</summary>
    ValueTask<IReadOnlyList<SourceRow>> BatchGetAsync(IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> available records after <paramref name="after"/>, ordered by (updated_at, key).</summary>
    ValueTask<IReadOnlyList<SourceRow>> ListAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="ListAsync"/>, open records only (closed_at null, within max_open): what a watch sends.
    /// </summary>
    ValueTask<IReadOnlyList<SourceRow>> ListOpenAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>As <see cref="ListOpenAsync"/>, those of one subject.</summary>
    ValueTask<IReadOnlyList<SourceRow>> ListOpenOfSubjectAsync(
        string subjectId, Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Rows changed after <paramref name="after"/> that are not open for this partner: closed, routed elsewhere, or beyond max_open.
    /// Routing columns only. The caller tells a partner of those that it was given before, and of no others.
    /// </summary>
    ValueTask<IReadOnlyList<Departure>> ListDeparturesAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Rows of this partner whose max_open ended within (<paramref name="since"/>, <paramref name="now"/>], still not closed.</summary>
    ValueTask<IReadOnlyList<Departure>> ListExpiredAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>A position in the order (updated_at, key), exclusive.</summary>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="Key">The record's key; empty stands after every row of an earlier instant and before any of this one.</param>
public readonly record struct Cursor(DateTimeOffset UpdatedAt, string Key)
{
    /// <summary>Before everything.</summary>
    public static Cursor Start { get; } = new(DateTimeOffset.UnixEpoch.AddYears(-1000), "");
}

/// <summary>One row as a source gives it.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="SubjectId">The shop's id of the person.</param>
/// <param name="UpdatedAt">Last change.</param>
/// <param name="Record">A message with granted fields only, before transforms.</param>
public sealed record SourceRow(string Key, string SubjectId, DateTimeOffset UpdatedAt, IMessage Record)
{
    /// <summary>When it was opened; null where the view says nothing, and of a grant's reader, which has judged it itself.</summary>
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>What the record's permission field holds, granted or not; null where the record has none, or it names no list.</summary>
    public string? List { get; init; }
}

/// <summary>One row that left a partner's scope.</summary>
/// <param name="Key">The record's key.</param>
/// <param name="SubjectId">The shop's id of the person.</param>
/// <param name="UpdatedAt">Last change.</param>
/// <param name="Reason">Why, as the partner is told.</param>
public sealed record Departure(string Key, string SubjectId, DateTimeOffset UpdatedAt, DepartureReason Reason);

/// <summary>Why a row is no longer in a watch's scope.</summary>
public enum DepartureReason
{
    Closed,
    Withdrawn,
    Expired,
}
