using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Core.Sources;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Subjects;

/// <summary>
/// What a subject can be shown of a record: the fields that any contract in force grants, and no others, so that a column which nobody is
/// granted is not read for this either. Records of usage tell of no subject.
/// </summary>
/// <param name="Record">The record.</param>
/// <param name="Leaves">The fields, in its order.</param>
/// <param name="Reader">Reads them.</param>
internal sealed record HeldFields(RecordType Record, ImmutableArray<Leaf> Leaves, ISubjectReader Reader)
{
    /// <summary>True for a record that holds cards: there, a number may have gone astray.</summary>
    public bool HoldsCards { get; } = Record.Leaves.Any(l => Taxonomy.Covers("user.financial.credit_card", l.Category));

    /// <summary>All of a snapshot at an instant, in order of name.</summary>
    /// <exception cref="SourceException">The source lacks what is granted.</exception>
    public static ImmutableArray<HeldFields> Of(Snapshot snapshot, IRecordSource source, DateTimeOffset now) =>
    [
        .. snapshot.Contracts.Where(c => c.IsInForce(now)).SelectMany(c => c.Grants)
            .Where(g => g.Record.Domain == Domain.Registration)
            .GroupBy(g => g.Record)
            .OrderBy(g => g.Key.Name, StringComparer.Ordinal)
            .Select(g =>
            {
                var leaves = g.Key.Leaves.Where(l => g.Any(grant => grant.Granted.Has(l.Index))).ToImmutableArray();
                return new HeldFields(g.Key, leaves, source.PrepareForSubject(g.Key, FieldSet.Of(g.Key, leaves)));
            }),
    ];
}
