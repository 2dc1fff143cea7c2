using System.Collections.Immutable;

namespace Gateway.Core.Contracts.Never;

/// <summary>
/// Every contract × purpose × field that was compiled, held against every rule. It walks what would come into force, not what was
/// written, so that no way of writing a contract gets round it.
/// </summary>
/// <param name="Held">How many combinations of contract, purpose and field were held against the rules.</param>
/// <param name="Broken">What breaks a rule, in words; empty for what may come into force.</param>
public sealed record NeverProof(int Held, ImmutableArray<string> Broken)
{
    public static NeverProof Of(IReadOnlyCollection<Contract> contracts, ImmutableArray<NeverRule> rules)
    {
        var broken = ImmutableArray.CreateBuilder<string>();
        var held = 0;
        foreach (var grant in contracts.SelectMany(c => c.Grants))
        {
            broken.AddRange(rules.Where(r => r.Forbids(grant.Purpose.Key))
                .Select(r => $"{grant.Contract} grants the purpose {grant.Purpose.Key}, and never {r.Phrase} ({r.Where})"));
            foreach (var field in grant.Fields)
            {
                held++;
                broken.AddRange(rules.Where(r => r.Forbids(grant.Purpose.Key, field.Leaf.Category))
                    .Select(r => $"{grant.Contract} grants {field.Leaf.Path} for {grant.Purpose.Key}, and never {r.Phrase} ({r.Where})"));
            }
        }

        foreach (var (contract, terms) in contracts.Where(c => c.Statistics is not null).Select(c => (c.Name, c.Statistics!)))
        {
            broken.AddRange(rules.Where(r => r.Forbids(terms.Purpose.Key))
                .Select(r => $"{contract} grants the purpose {terms.Purpose.Key}, and never {r.Phrase} ({r.Where})"));
            foreach (var figure in terms.Figures)
            {
                held++;
                broken.AddRange(rules.Where(r => r.Forbids(terms.Purpose.Key, figure.Menu.Category))
                    .Select(r => $"{contract} grants {figure} for {terms.Purpose.Key}, and never {r.Phrase} ({r.Where})"));
            }
        }

        return new NeverProof(held, broken.ToImmutable());
    }
}
