using System.Collections.Immutable;
using System.Text;
using Gateway.Core.Annotations;
using Gateway.Core.Requests;

namespace Gateway.Requests;

/// <summary>What a customer asks for, before it is a request.</summary>
/// <param name="SubjectId">The shop's id of the customer.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Record">Of a rectification: the record, by its full or its last name. Else empty.</param>
/// <param name="Fields">Of a rectification: paths; a message's path means its leaves. Else empty.</param>
/// <param name="Words">What the customer wrote; may be empty.</param>
/// <param name="Actor">Who brings it: a partner's id, or a staff member's.</param>
internal sealed record NewRequest(
    string SubjectId, RequestKind Kind, string Record, ImmutableArray<string> Fields, string Words, string Actor)
{
    /// <summary>Longest words, bytes of UTF-8.</summary>
    public const int MostWords = 4096;

    private const int LongestId = 256;

    /// <summary>The record's full name and the leaves meant, both empty where none are named.</summary>
    /// <exception cref="RequestException">It is not well-formed.</exception>
    public (string Record, ImmutableArray<string> Fields) Checked(Catalogue catalogue)
    {
        if (SubjectId.Length is 0 or > LongestId)
        {
            throw Invalid("subject_id", $"The customer's id has 1 to {LongestId} characters.");
        }

        if (Encoding.UTF8.GetByteCount(Words) > MostWords)
        {
            throw Invalid("words", $"The words have at most {MostWords} bytes.");
        }

        switch (Kind)
        {
            case RequestKind.Erasure:
                return Record.Length == 0 && Fields.IsEmpty
                    ? ("", [])
                    : throw Invalid("record", "An erasure is about the whole customer: it names no record and no fields.");
            case RequestKind.Rectification:
                var records = catalogue.Records.Values.Where(r => r.Name == Record || r.Descriptor.Name == Record).ToList();
                if (records is not [var record])
                {
                    throw Invalid("record", "A rectification names a record: " + string.Join(", ", catalogue.Records.Keys.Order(StringComparer.Ordinal)) + ".");
                }

                return (record.Name, Leaves(record));
            default:
                throw Invalid("kind", "A request is a rectification or an erasure.");
        }
    }

    /// <summary>Neither the customer's id nor their words.</summary>
    public override string ToString() => $"{Kind} by {Actor}";

    private ImmutableArray<string> Leaves(RecordType record)
    {
        var leaves = record.Leaves.Where(l => Fields.Any(
            f => l.Path == f || l.Path.StartsWith(f + ".", StringComparison.Ordinal))).Select(l => l.Path).ToImmutableArray();
        var isKnown = Fields.All(f => leaves.Any(l => l == f || l.StartsWith(f + ".", StringComparison.Ordinal)));
        return !Fields.IsEmpty && isKnown
            ? leaves
            : throw Invalid("fields", $"A rectification names fields of {record.Name}: " + string.Join(", ", record.Leaves.Select(l => l.Path)) + ".");
    }

    private static RequestException Invalid(string field, string message) => new(RequestFailure.Invalid, message) { Field = field };
}
