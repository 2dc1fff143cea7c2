using Gateway.Core.Contracts;

namespace Gateway.Core.Subjects;

/// <summary>What a customer can say yes or no to: a list of the policy, or a purpose that may rest on consent.</summary>
/// <param name="Id">The list's id or the purpose.</param>
/// <param name="Title">What customers are told it is.</param>
/// <param name="Purpose">The purpose.</param>
public sealed record Topic(string Id, string Title, Purpose Purpose)
{
    /// <summary>Every topic of a policy: lists in its order, then purposes.</summary>
    public static IReadOnlyList<Topic> Of(Policy policy) =>
    [
        .. policy.Lists.Select(l => new Topic(l.Id, l.Title, policy.Purposes[l.Purpose])),
        .. policy.Purposes.Values.Where(p => p.Bases.Contains(LegalBasis.Consent)).OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => new Topic(p.Key, p.Promise, p)),
    ];
}
