using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>Whether a grant's purpose, basis and record leave the subject the say that the law gives them.</summary>
internal static class PermissionCheck
{
    /// <summary>Uses that only a subject's permission allows: direct marketing, GDPR Art. 21(2) and (3), ePrivacy Directive Art. 13.</summary>
    private const string Marketing = "marketing";

    public static void Check(Purpose purpose, LegalBasis basis, RecordType record, CompiledPolicy policy, Mark at, Findings findings)
    {
        if (record.Permission is null && basis != LegalBasis.Consent && Taxonomy.Covers(Marketing, purpose.Key))
        {
            findings.Error(at, $"{purpose.Key} needs the person's permission, and neither {record.Name} nor the basis '{basis.Name()}' asks for it",
                "write 'basis: consent', or grant a record that names the list its subject asked to be on");
        }

        if (record.Permission is not null && policy.Policy is { } sure && !sure.Lists.Any(l => l.Purpose == purpose.Key))
        {
            findings.Error(at, $"{record.Name} is released to those on a list, and no list of the policy is for {purpose.Key}",
                $"write it under 'lists' in policy.yaml: {{list: newsletter, title: …, purpose: {purpose.Key}}}");
        }
    }
}
