using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Google.Protobuf;

namespace Gateway.Core.Minimisation;

/// <summary>
/// One grant's minimiser, compiled. It builds a new message field by field and never copies a message whole, so what is not granted,
/// not known or added to the proto later cannot come along. Immutable; safe for concurrent use.
/// </summary>
/// <remarks>
/// Presence: a nested message is in the answer exactly when the source has it and at least one of its leaves is allowed, also when
/// those leaves are empty in it; a repeated message has as many elements as the source, in order. An <c>optional</c> field and a member
/// of a oneof stay present or absent as they were.
/// </remarks>
public sealed class Projector
{
    private readonly Func<IMessage, FieldSet, IMessage> _project;

    private Projector(Func<IMessage, FieldSet, IMessage> project) => _project = project;

    /// <summary>Compiles the grant's minimiser. Costs milliseconds: once for each grant of a snapshot.</summary>
    /// <exception cref="ArgumentException">
    /// The grant names a leaf twice, a leaf of another record, or a transform that does not fit: checked contracts never do.
    /// </exception>
    public static Projector Compile(Grant grant, PseudonymKey partnerKey)
    {
        var seen = new HashSet<int>();
        foreach (var field in grant.Fields)
        {
            if (grant.Record.FindLeaf(field.Leaf.Path) != field.Leaf || !seen.Add(field.Leaf.Index))
            {
                throw new ArgumentException($"{field.Leaf}: granted twice, or no leaf of {grant.Record}", nameof(grant));
            }

            if (field.Transform is { } transform && !transform.FitsOn(field.Leaf, out var instead))
            {
                throw new ArgumentException($"{field.Leaf}: {transform} does not fit; {instead}", nameof(grant));
            }
        }

        return new Projector(ProjectionCompiler.Compile(grant.Record, grant.Fields, partnerKey));
    }

    /// <summary>Compiles what copies these leaves as they are, outside any grant: what a legal case names.</summary>
    internal static Projector Compile(RecordType record, IEnumerable<Leaf> leaves) => new(ProjectionCompiler.Compile(
        record, [.. leaves.Select(l => new GrantedField(l, Transform: null, Because: ""))], new PseudonymKey(new byte[PseudonymKey.Size])));

    /// <summary>
    /// A new message of the record's type with the leaves that are granted and in <paramref name="allowed"/>, transforms applied. Holds
    /// references into <paramref name="record"/> for immutable values only (text, bytes).
    /// </summary>
    /// <param name="record">A message of the grant's record; it is not changed.</param>
    /// <param name="allowed">A set of the grant's record; leaves outside the grant have no effect.</param>
    /// <exception cref="InvalidCastException"><paramref name="record"/> is another message.</exception>
    public IMessage Project(IMessage record, FieldSet allowed) => _project(record, allowed);
}
