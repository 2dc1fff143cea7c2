using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Statistics;

namespace Gateway.Commands.Contracts;

/// <summary>The privacy officer's table: every field of each record a partner may ask for, given or withheld, and why.</summary>
internal static class ContractTable
{
    /// <exception cref="CommandFailure">No contract has this partner.</exception>
    public static void Print(OutputFormat format, string partner, Snapshot snapshot)
    {
        var contracts = snapshot.Contracts.Where(c => c.Partner.Id == partner).OrderBy(c => c.Agreement.Effective).ToArray();
        if (contracts.Length == 0)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"no contract has the partner '{partner}'",
                "partners: " + string.Join(", ", snapshot.Contracts.Select(c => c.Partner.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
        }

        if (format != OutputFormat.Table)
        {
            Output.Rows(format, contracts.SelectMany(c => c.Grants).SelectMany(Lines).ToArray(), [], _ => []);
            return;
        }

        var now = TimeProvider.System.GetUtcNow();
        foreach (var contract in contracts)
        {
            Output.Data($"{contract.Partner.Name} ({contract.Partner.Id}), {contract.Partner.Role.ToString().ToLowerInvariant()} in {contract.Partner.Country}: "
                + $"contract {contract.Name}, {contract.Agreement.Reference}, {(contract.IsInForce(now) ? "in force" : "not in force")}");
            foreach (var key in contract.SubjectAccess?.Keys ?? [])
            {
                Output.Data($"sees what is held of any customer whom key {key} asserts");
            }

            foreach (var grant in contract.Grants)
            {
                PrintGrant(grant);
            }

            if (contract.Statistics is { } statistics)
            {
                Print(statistics);
            }
        }

        Output.Note($"revision {snapshot.Revision}");
    }

    private static void Print(StatisticsTerms terms)
    {
        Output.Data("");
        Output.Data($"{terms.Purpose.Key}, basis {terms.Basis.Name()}: \"{terms.Purpose.Promise}\"");
        Output.Data($"statistics of {(terms.Period == PeriodKind.Month ? "months" : "weeks")} that are over, at least {terms.MinimumVisitors} visitors a cell; never a record: "
            + string.Join("; ", terms.Figures));
    }

    private static void PrintGrant(Grant grant)
    {
        Output.Data("");
        Output.Data($"{grant.Purpose.Key}, basis {grant.Basis.Name()}: \"{grant.Purpose.Promise}\"");
        Output.Data($"{grant.Record.Name}, {string.Join(", ", grant.Methods.Select(m => m[(m.IndexOf('/', StringComparison.Ordinal) + 1)..]).Order(StringComparer.Ordinal))}; "
            + $"until {Words(grant.Window)} after it closes, at most {Words(grant.MaxOpen)}; to be deleted within {Words(grant.DeleteAfter)}");
        Output.Rows(OutputFormat.Table, Lines(grant).ToArray(), ["field", "category", "given", "because"], l => [l.Field, l.Category, l.Given, l.Because]);
    }

    private static IEnumerable<FieldLine> Lines(Grant grant)
    {
        var granted = grant.Fields.ToDictionary(f => f.Leaf);
        return grant.Record.Leaves.Select(leaf => granted.TryGetValue(leaf, out var field)
            ? new FieldLine(grant.Contract, grant.Purpose.Key, grant.Record.Name, leaf.Path, leaf.Category, leaf.Sensitive, true, field.Transform?.ToString(), Reason(field))
            : new FieldLine(grant.Contract, grant.Purpose.Key, grant.Record.Name, leaf.Path, leaf.Category, leaf.Sensitive, false, null, WhyNot(grant, leaf)));
    }

    private static string Reason(GrantedField field) =>
        field.ApprovedBy is null ? field.Because : $"{field.Because} (sensitive, approved by {field.ApprovedBy})";

    private static string WhyNot(Grant grant, Leaf leaf) => grant.Purpose.Categories.Any(c => Taxonomy.Covers(c, leaf.Category))
        ? "the contract does not grant it"
        : "the policy does not allow its category for this purpose";

    private static string Words(TimeSpan span) => span.Ticks % TimeSpan.TicksPerDay == 0 ? $"{span.Days}d" : $"{(long)span.TotalHours}h";

    /// <summary>A field as JSON.</summary>
    private sealed record FieldLine(
        string Contract, string Purpose, string Record, string Field, string Category, bool Sensitive, bool Released, string? Transform, string Because)
    {
        internal string Given => Released ? Transform ?? "as it is" : "withheld";
    }
}
