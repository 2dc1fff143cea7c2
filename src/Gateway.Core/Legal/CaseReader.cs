using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Minimisation;
using Gateway.Core.Sources;
using Google.Protobuf;

namespace Gateway.Core.Legal;

/// <summary>
/// Reads what a case names and nothing else: its subjects, its dates, and of each record the columns in scope, copied into new messages.
/// </summary>
public sealed class CaseReader(IRecordSource source, Catalogue catalogue)
{
    /// <summary>What the source holds of it now. More than <see cref="CaseRules.MaxRecords"/> comes back as one too many.</summary>
    /// <exception cref="SourceException">The source cannot answer, or a record in scope has no date.</exception>
    /// <exception cref="CasesUnavailableException">The case names a field that this gateway no longer knows.</exception>
    public async Task<CaseContents> ReadAsync(CaseTerms terms, CancellationToken cancellationToken)
    {
        var parts = ImmutableArray.CreateBuilder<CasePart>();
        var room = CaseRules.MaxRecords + 1;
        foreach (var scope in terms.Scope)
        {
            var (record, leaves) = Resolve(scope);
            var (items, leftOut) = await ItemsAsync(terms, record, leaves, room, cancellationToken);
            room -= items.Length;
            parts.Add(new CasePart(record, leaves, items, leftOut));
        }

        return new CaseContents(parts.ToImmutable());
    }

    private async Task<(ImmutableArray<CaseItem> Items, int LeftOut)> ItemsAsync(
        CaseTerms terms, RecordType record, ImmutableArray<Leaf> leaves, int room, CancellationToken cancellationToken)
    {
        var fields = FieldSet.Of(record, leaves);
        var reader = source.PrepareForSubject(record, fields);
        var projector = Projector.Compile(record, leaves);
        var cards = CardNumberScan.Compile(record, leaves);
        var items = ImmutableArray.CreateBuilder<CaseItem>();
        var leftOut = 0;
        foreach (var subject in terms.Subjects)
        {
            // A view that gives a record for several recipients gives it once here.
            var seen = new HashSet<(string Key, IMessage Message)>();
            foreach (var row in await reader.ListAsync(subject, CaseRules.MaxRecords + 1, cancellationToken))
            {
                if (!IsOf(row, subject, record, terms))
                {
                    continue;
                }

                var message = projector.Project(row.Record, fields);
                if (!seen.Add((row.Key, message)))
                {
                    continue;
                }

                if (cards.Finds(message))
                {
                    leftOut++;
                    continue;
                }

                items.Add(new CaseItem(row.Key, subject, row.OpenedAt!.Value, message));
                if (items.Count >= room)
                {
                    return (items.ToImmutable(), leftOut);
                }
            }
        }

        return (items.ToImmutable(), leftOut);
    }

    private static bool IsOf(SourceRow row, string subject, RecordType record, CaseTerms terms)
    {
        if (row.SubjectId != subject)
        {
            throw new SourceException($"the view of {record.Source} gave a record of another person than was asked for");
        }

        // By its opening and not by its last change, which goes on after the fact and would move a record in or out of the dates.
        return row.OpenedAt is { } opened
            ? opened >= terms.From && opened < terms.Until
            : throw new SourceException($"the view of {record.Source} has a record whose opened_at is NULL: whether it is in scope cannot be told");
    }

    private (RecordType Record, ImmutableArray<Leaf> Leaves) Resolve(CaseScope scope)
    {
        if (catalogue.Records.TryGetValue(scope.Record, out var record)
            && scope.Paths.Select(record.FindLeaf).ToArray() is var leaves && leaves.All(l => l is not null))
        {
            return (record, [.. leaves.Select(l => l!)]);
        }

        throw new CasesUnavailableException($"The case names a record or a field of {scope.Record} that this gateway no longer knows. Open another case.");
    }
}

/// <summary>What a case names, as the source holds it now. Holds personal data.</summary>
/// <param name="Parts">By record, in the case's order.</param>
public sealed record CaseContents(ImmutableArray<CasePart> Parts)
{
    /// <summary>Records in it.</summary>
    public int Records => Parts.Sum(p => p.Items.Length);

    /// <summary>Records left out because they hold what looks like a card number.</summary>
    public int LeftOut => Parts.Sum(p => p.LeftOut);

    /// <summary>Nothing of its content.</summary>
    public override string ToString() => $"{nameof(CaseContents)} of {Records} records";
}

/// <summary>One record type's part.</summary>
/// <param name="Record">Which.</param>
/// <param name="Leaves">In scope, in the record's order.</param>
/// <param name="Items">The records, by subject in the case's order, changed last first.</param>
/// <param name="LeftOut">Records left out.</param>
public sealed record CasePart(RecordType Record, ImmutableArray<Leaf> Leaves, ImmutableArray<CaseItem> Items, int LeftOut);

/// <summary>One record.</summary>
/// <param name="Key">Its key.</param>
/// <param name="SubjectId">The shop's id of the person.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="Message">A new message with the leaves in scope alone.</param>
public sealed record CaseItem(string Key, string SubjectId, DateTimeOffset OpenedAt, IMessage Message);
