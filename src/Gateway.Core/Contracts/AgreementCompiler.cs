using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>The section <c>agreement</c>: reference and dates. Both days belong to it, UTC.</summary>
internal static class AgreementCompiler
{
    public static (Agreement Dates, Mark Effective, Mark Expires)? Compile(Section contract, Findings findings)
    {
        var node = contract.Require("agreement", "{ reference: DPA-2026-014, effective: 2026-01-01, expires: 2027-12-31 }");
        if (Section.Of(node, "the agreement", findings, "reference", "effective", "expires") is not { } section)
        {
            return null;
        }

        var reference = Scalars.Text(section.Require("reference", "DPA-2026-014"), "reference", findings);
        var effectiveNode = section.Require("effective", "2026-01-01");
        var expiresNode = section.Require("expires", "2027-12-31");
        var effective = Scalars.Date(effectiveNode, "effective", findings);
        var lastDay = Scalars.Date(expiresNode, "expires", findings);
        if (lastDay < effective)
        {
            findings.Error(expiresNode!.Mark, "the agreement expires before it is effective", "write the last day of the agreement");
            return null;
        }

        return reference is null || effective is null || lastDay is null
            ? null
            : (new Agreement(reference, effective.Value, lastDay.Value.AddDays(1)), effectiveNode!.Mark, expiresNode!.Mark);
    }
}
