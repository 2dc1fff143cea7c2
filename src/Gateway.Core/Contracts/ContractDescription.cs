using Gateway.Core.Identity;
using Gateway.Core.Statistics;
using Gateway.Protos.Contract.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Contracts;

/// <summary>A partner's own contract, told to that partner. Touches no customer data.</summary>
public static class ContractDescription
{
    /// <param name="contract">The partner's contract in force.</param>
    /// <param name="snapshot">The snapshot it is part of.</param>
    /// <param name="identity">The identity of the connection that asks.</param>
    /// <param name="subjectsUsedToday">Distinct subjects a grant reached this UTC day.</param>
    /// <param name="now">The instant of the answer.</param>
    /// <returns>The answer without its receipt.</returns>
    public static DescribeContractResponse Of(
        Contract contract, Snapshot snapshot, PeerIdentity identity, Func<Grant, int> subjectsUsedToday, DateTimeOffset now)
    {
        var answer = new DescribeContractResponse
        {
            Contract = contract.Name,
            Partner = contract.Partner.Id,
            PartnerName = contract.Partner.Name,
            Revision = snapshot.Revision,
            Agreement = contract.Agreement.Reference,
            Effective = Timestamp.FromDateTimeOffset(contract.Agreement.Effective),
            Expires = Timestamp.FromDateTimeOffset(contract.Agreement.Expires),
            CertificateExpires = Timestamp.FromDateTimeOffset(identity.NotAfter),
            CertificateDaysLeft = Math.Max(0, (int)(identity.NotAfter - now).TotalDays),
        };
        answer.AssertionKeys.Add(contract.SubjectAccess?.Keys.Select(k => k.Text) ?? []);
        answer.Grants.Add(contract.Grants.Select(g => Describe(g, subjectsUsedToday(g))));
        if (contract.Statistics is { } statistics)
        {
            answer.Statistics = Describe(statistics);
        }

        return answer;
    }

    /// <summary>One granted field as partners are told it.</summary>
    internal static DescribeContractResponse.Types.Field Describe(GrantedField field) => new()
    {
        Path = field.Leaf.Path,
        Category = field.Leaf.Category,
        Transform = field.Transform?.ToString() ?? "",
        Because = field.Because,
        Sensitive = field.Leaf.Sensitive,
    };

    private static DescribeContractResponse.Types.Statistics Describe(StatisticsTerms terms)
    {
        var described = new DescribeContractResponse.Types.Statistics
        {
            Purpose = terms.Purpose.Key,
            Promise = terms.Purpose.Promise,
            Basis = terms.Basis.Name(),
            Period = terms.Period == PeriodKind.Month ? "month" : "week",
            MinimumVisitors = terms.MinimumVisitors,
            CallsPerSecond = terms.CallsPerSecond ?? 0,
        };
        described.Figures.Add(terms.Figures.Select(f => f.ToString()));
        return described;
    }

    private static DescribeContractResponse.Types.Grant Describe(Grant grant, int used)
    {
        var described = new DescribeContractResponse.Types.Grant
        {
            Purpose = grant.Purpose.Key,
            Promise = grant.Purpose.Promise,
            Basis = grant.Basis.Name(),
            Record = grant.Record.Name,
            Window = Duration.FromTimeSpan(grant.Window),
            MaxOpen = Duration.FromTimeSpan(grant.MaxOpen),
            DeleteAfter = Duration.FromTimeSpan(grant.DeleteAfter),
            CallsPerSecond = grant.Limits.CallsPerSecond ?? 0,
            SubjectsPerDay = grant.Limits.SubjectsPerDay ?? 0,
            SubjectsUsedToday = used,
        };
        described.Methods.Add(grant.Methods.Order(StringComparer.Ordinal));
        described.Fields.Add(grant.Fields.Select(Describe));
        return described;
    }
}
