using System.Collections.Immutable;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Minimisation;
using Gateway.Core.Sources;
using Gateway.Protos.Subject.V1;
using Contract = Gateway.Core.Contracts.Contract;

namespace Gateway.Core.Subjects;

/// <summary>Reads what is held of one subject in the views that the gateway serves. Safe for concurrent use.</summary>
public sealed class HeldInformation(IRecordSource source, ISafeguards safeguards, TimeProvider clock)
{
    /// <summary>Most records of a kind in an answer. With ten kinds an entry of the log holds them all.</summary>
    public const int MostRecords = 100;

    /// <summary>What an answer covers, and what it does not.</summary>
    public const string Coverage =
        "This is what the shop holds of you in those parts of its records that it shares with other companies, and of these the fields that "
        + "at least one of them may get. It is not everything that the shop holds of you: ask the shop for the rest.";

    private const string CardNumber = "not shown: it looks like the number of a card";

    private volatile Prepared? _last;

    /// <summary>Everything, by category.</summary>
    /// <exception cref="SourceException">The source cannot answer: a part of it would look like all.</exception>
    public async ValueTask<SubjectAnswer> ReadAsync(SubjectCall call, CancellationToken cancellationToken)
    {
        var held = FieldsOf(call.Call.Plan.Snapshot);
        var response = new GetSharedInformationResponse { Coverage = Coverage, MostRecords = MostRecords };
        var values = new List<(string Category, GetSharedInformationResponse.Types.Value Value)>();
        var records = new List<HeldRecord>();
        foreach (var fields in held)
        {
            var rows = await fields.Reader.ListAsync(call.SubjectId, MostRecords + 1, cancellationToken);
            response.Truncated |= rows.Count > MostRecords;
            // A record that went to several partners is there several times.
            foreach (var row in rows.Take(MostRecords).DistinctBy(r => r.Key, StringComparer.Ordinal))
            {
                records.Add(new HeldRecord(fields.Record.Name, row.Key));
                values.AddRange(ValuesOf(fields, row, call.Call.Contract.Contract));
            }
        }

        response.Categories.Add(values.GroupBy(v => v.Category, v => v.Value, StringComparer.Ordinal)
            .Select(g => new GetSharedInformationResponse.Types.Category { Category_ = g.Key, Title = PlainWords.OfCategory(g.Key), Values = { g } })
            .OrderBy(c => c.Title, StringComparer.Ordinal).ThenBy(c => c.Category_, StringComparer.Ordinal));
        var released = held.SelectMany(f => f.Leaves.Select(l => $"{f.Record.Descriptor.Name}.{l.Path}")).ToArray();
        return new SubjectAnswer(response, receipt => response.Receipt = receipt, released) { Records = records };
    }

    private IEnumerable<(string Category, GetSharedInformationResponse.Types.Value Value)> ValuesOf(HeldFields fields, SourceRow row, Contract caller)
    {
        foreach (var leaf in fields.Leaves)
        {
            foreach (var text in ValueTexts.Of(row.Record, leaf))
            {
                var card = fields.HoldsCards && CardNumberDetector.Finds(text);
                if (card)
                {
                    safeguards.CardNumberFound(caller, fields.Record.Name);
                }

                yield return (leaf.Category, new GetSharedInformationResponse.Types.Value
                {
                    RecordTitle = PlainWords.OfRecord(fields.Record.Name),
                    Record = fields.Record.Name,
                    Key = row.Key,
                    Title = PlainWords.OfField(leaf.Path),
                    Field = leaf.Path,
                    Value_ = card ? CardNumber : text,
                });
            }
        }
    }

    // Which contracts are in force changes with a snapshot, and at a midnight.
    private ImmutableArray<HeldFields> FieldsOf(Snapshot snapshot)
    {
        var now = clock.GetUtcNow();
        var inForce = string.Join(' ', snapshot.Contracts.Where(c => c.IsInForce(now)).Select(c => c.Name));
        var last = _last;
        if (last is null || last.Snapshot != snapshot || last.InForce != inForce)
        {
            _last = last = new Prepared(snapshot, inForce, HeldFields.Of(snapshot, source, now));
        }

        return last.Fields;
    }

    private sealed record Prepared(Snapshot Snapshot, string InForce, ImmutableArray<HeldFields> Fields);
}
