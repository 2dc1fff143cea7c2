using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>
/// Reads a contract's identity alone, for where neither the policy nor the other contracts are: at an authority's offline machine.
/// </summary>
public static class ContractIdentity
{
    /// <summary>The identity, or null with every error of that section.</summary>
    public static (IdentityTerms? Terms, ImmutableArray<ContractFinding> Errors) Read(ContractFile file)
    {
        var findings = new Findings();
        if (YamlReader.Read(file, findings) is not { } map)
        {
            return (null, findings.Errors);
        }

        var section = new Section(map, "the contract", findings, "contract", "partner", "agreement", "identity", "grants", "suspend_on");
        var (terms, _) = IdentityCompiler.Compile(section, findings);
        return (findings.ErrorCount == 0 ? terms : null, findings.Errors);
    }
}
