using Gateway.Core.Annotations;
using Gateway.Core.Exchange;
using Gateway.Core.Minimisation;
using Gateway.Core.Subjects;
using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Contract.V1;

namespace Gateway.Core.Contracts;

/// <summary>
/// What a call would release and withhold, and why: the same decision as the pipeline's on method, purpose and read mask, without a
/// source. The answer never repeats what the partner sent.
/// </summary>
public static class AccessExplanation
{
    /// <param name="contract">The partner's contract in force.</param>
    /// <param name="catalogue">Methods there are.</param>
    /// <param name="request">The question.</param>
    /// <returns>The answer without its receipt.</returns>
    public static ExplainAccessResponse Of(Contract contract, Catalogue catalogue, ExplainAccessRequest request)
    {
        var named = catalogue.Methods.Values.Where(m => IsNamed(m, request.Method)).Take(2).ToArray();
        if (named.Length != 1)
        {
            return named.Length == 0
                ? Refused(RefusalReason.UnknownMethod, "Write package.Service/Method, as DescribeContract lists them.")
                : Refused(RefusalReason.InvalidRequest, "Several services have a method of this name. Write Service/Method.");
        }

        if (named[0].Shape == Shape.Statistics)
        {
            return contract.Statistics is { } statistics
                ? new ExplainAccessResponse { Allowed = true, Advice = $"Counts of visitors, never a record: {string.Join("; ", statistics.Figures)}." }
                : Refused(RefusalReason.MethodNotGranted, MethodsGranted(contract));
        }

        if (named[0].Shape == Shape.Subject)
        {
            return contract.SubjectAccess is null
                ? Refused(RefusalReason.MethodNotGranted, "It is for the shop's own account site.")
                : new ExplainAccessResponse { Allowed = true, Advice = $"Each call needs an assertion for its one customer in the metadata {SubjectAccess.MetadataKey}." };
        }

        if (named[0].Shape == Shape.Contract)
        {
            return new ExplainAccessResponse { Allowed = true, Advice = "Open to every partner: it tells of your own contract, not of customers." };
        }

        var grants = contract.Grants.Where(g => g.Methods.Contains(named[0].FullName)).ToArray();
        if (grants.Length == 0)
        {
            return Refused(RefusalReason.MethodNotGranted, MethodsGranted(contract));
        }

        var purposes = string.Join(", ", grants.Select(g => g.Purpose.Key));
        if (request.Purpose.Length == 0 && grants.Length > 1)
        {
            return Refused(RefusalReason.PurposeRequired, $"It grants this method for: {purposes}.");
        }

        var grant = request.Purpose.Length == 0 ? grants[0] : grants.FirstOrDefault(g => g.Purpose.Key == request.Purpose);
        return grant is null
            ? Refused(RefusalReason.PurposeNotGranted, $"It grants this method for: {purposes}.")
            : Explain(contract, grant, request.ReadMask);
    }

    private static ExplainAccessResponse Explain(Contract contract, Grant grant, string readMask)
    {
        if (!ReadMask.TryApply(grant.Record, grant.Granted, readMask, out var allowed, out var error))
        {
            return Refused(RefusalReason.InvalidRequest, error);
        }

        var answer = new ExplainAccessResponse { Allowed = true };
        answer.Released.Add(grant.Fields.Where(f => allowed.Has(f.Leaf.Index)).Select(ContractDescription.Describe));
        answer.Withheld.Add(grant.Record.Leaves.Where(l => !allowed.Has(l.Index)).Select(l => new WithheldField
        {
            Path = l.Path,
            Category = l.Category,
            Because = grant.Granted.Has(l.Index) ? "your read mask leaves it out" : WhyNotGranted(contract, grant, l),
        }));
        answer.Advice = answer.Released.Count == 0 ? "The call would be answered, and every field withheld." : "";
        return answer;
    }

    /// <summary>Why a grant does not hold a leaf, in words for its partner.</summary>
    public static string WhyNotGranted(Contract contract, Grant grant, Leaf leaf)
    {
        if (contract.Grants.FirstOrDefault(g => g.Record == grant.Record && g.Granted.Has(leaf.Index)) is { } other)
        {
            return $"your contract grants it for {other.Purpose.Key} only";
        }

        return grant.Purpose.Categories.Any(c => Taxonomy.Covers(c, leaf.Category))
            ? "your contract does not grant it for this purpose"
            : $"the shop's privacy policy does not allow {leaf.Category} for this purpose";
    }

    private static bool IsNamed(ServiceMethod method, string name) =>
        name == method.FullName || name == method.Name || name == $"{method.Descriptor.Service.Name}/{method.Name}";

    private static string MethodsGranted(Contract contract) =>
        $"It grants: {string.Join(", ", contract.Grants.SelectMany(g => g.Methods).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}.";

    private static ExplainAccessResponse Refused(RefusalReason reason, string advice)
    {
        var row = Refusals.Of(reason);
        return new ExplainAccessResponse { Allowed = false, Refusal = row.Name, Advice = $"{row.Sentence} {advice}" };
    }
}
