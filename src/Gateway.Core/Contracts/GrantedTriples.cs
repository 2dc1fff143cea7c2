namespace Gateway.Core.Contracts;

/// <summary>
/// What contracts grant, flattened to lines that can be compared and recorded: <c>partner purpose path</c>, and where the field is
/// released in a changed form <c>partner purpose path(keep_last:3)</c>. Contracts not in force count too.
/// </summary>
public static class GrantedTriples
{
    /// <summary>Every line of a snapshot, sorted; none for null.</summary>
    public static SortedSet<string> Of(Snapshot? snapshot)
    {
        var lines = from contract in snapshot?.Contracts ?? []
                    from grant in contract.Grants
                    from field in grant.Fields
                    select $"{contract.Partner.Id} {grant.Purpose.Key} {field.Leaf.Path}{Form(field)}";
        return new SortedSet<string>(lines, StringComparer.Ordinal);
    }

    private static string Form(GrantedField field) =>
        field.Transform is null ? "" : $"({field.Transform.ToString()!.Replace(" ", "", StringComparison.Ordinal)})";
}
