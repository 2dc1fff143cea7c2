using Gateway.Core.Contracts.Yaml;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Contracts;

/// <summary>One thing that a contract lets its partner learn of.</summary>
/// <param name="Domain">Who a person is, or what a visitor browses.</param>
/// <param name="What">What it is, for messages: a record's name, or its statistics.</param>
/// <param name="IpAddress">The path of an IP address that it grants; null for none.</param>
/// <param name="At">Where it stands.</param>
internal sealed record ToldDomain(Domain Domain, string What, string? IpAddress, Mark At);

/// <summary>
/// Usage never meets registration: one partner, whatever its contracts are called and whenever they are in force, learns of one of the two.
/// An IP address counts as both, because it leads from one to the other.
/// </summary>
internal static class ContractDomains
{
    /// <summary>The category of what counts as both.</summary>
    public const string IpAddress = "user.device.ip_address";

    public static void Check(IReadOnlyList<CompiledContract> contracts, Findings findings)
    {
        foreach (var told in ByEntity(contracts))
        {
            var first = told[0];
            foreach (var other in told.Where(t => t.Domain != first.Domain))
            {
                findings.Error(other.At, $"{other.What} is about {Words(other)}, and {first.What} {Place(first, other)} about {Words(first)}: one partner never gets both",
                    "grant registration records and usage in contracts of different partners");
            }

            if (told.Find(t => t.Domain == Domain.Usage) is not { } browsed)
            {
                continue;
            }

            foreach (var address in told.Where(t => t.IpAddress is not null))
            {
                findings.Error(address.At,
                    $"{address.IpAddress} of {address.What} is an IP address, which leads from visitors to persons, and {browsed.What} {Place(browsed, address)} is about visitors",
                    "leave the field out");
            }
        }
    }

    // A partner goes by its id and by its legal name: two ids of one legal entity are one partner.
    private static List<List<ToldDomain>> ByEntity(IReadOnlyList<CompiledContract> contracts)
    {
        var groups = new List<(HashSet<string> Names, List<ToldDomain> Told)>();
        foreach (var contract in contracts)
        {
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            if (contract.Partner is { } partner)
            {
                names.Add("id " + partner.Id);
            }

            if (contract.LegalName is { } legal)
            {
                names.Add("name " + legal.Trim());
            }

            var told = new List<ToldDomain>();
            foreach (var same in groups.Where(g => g.Names.Overlaps(names)).ToArray())
            {
                names.UnionWith(same.Names);
                told.AddRange(same.Told);
                groups.Remove(same);
            }

            told.AddRange(contract.Told);
            groups.Add((names, told));
        }

        return [.. groups.Select(g => g.Told).Where(t => t.Count > 0)];
    }

    private static string Words(ToldDomain told) => told.Domain == Domain.Usage ? "what visitors do" : "who persons are";

    private static string Place(ToldDomain told, ToldDomain from) => told.At.File == from.At.File ? $"at {told.At.Place}" : $"in {told.At.File}";
}
