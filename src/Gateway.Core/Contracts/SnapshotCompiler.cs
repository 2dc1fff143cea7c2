using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Never;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>Policy and contracts as text → <see cref="Snapshot"/>, strictly: what is not understood is an error, and every error is told.</summary>
public static class SnapshotCompiler
{
    /// <param name="files">Every <c>*.yaml</c> of the folder; <c>staff.yaml</c> only tells who may approve what is sensitive.</param>
    /// <param name="catalogue">Records and methods there are.</param>
    /// <param name="now">Decides only which agreements are warned of as not in force.</param>
    public static CompiledSnapshot Compile(IReadOnlyList<ContractFile> files, Catalogue catalogue, DateTimeOffset now)
    {
        var findings = new Findings();
        var parts = Revision.Parts(files).ToArray();
        foreach (var other in parts.Where(f => !f.Name.EndsWith(ContractFile.Extension, StringComparison.Ordinal)))
        {
            findings.Error(new Mark(other.Name, 1, 1), "the file is not read", "name it *.yaml, or remove it");
        }

        // Staff are no part of a revision. Their own errors are told by those who read them.
        var staff = files.FirstOrDefault(f => f.Name == ContractFile.Staff) is { } file ? StaffCompiler.Compile(file).Staff : null;
        var policy = ReadPolicy(parts, findings) with { Staff = staff };
        var contracts = parts
            .Where(f => f.Name != ContractFile.Policy && f.Name.EndsWith(ContractFile.Extension, StringComparison.Ordinal))
            .Select(f => YamlReader.Read(f, findings)).OfType<YamlMap>()
            .Select(map => ContractCompiler.Compile(map, policy, catalogue, findings)).ToArray();
        ContractsTogether.Check(contracts, now, findings);

        var proof = NeverProof.Of([.. contracts.Select(c => c.Contract).OfType<Contract>()], policy.Never);
        if (findings.ErrorCount == 0)
        {
            foreach (var broken in proof.Broken)
            {
                findings.Error(new Mark(ContractFile.Policy, 1, 1), broken, "leave out what the rule forbids");
            }
        }

        var errors = findings.Errors;
        var snapshot = errors.IsEmpty ? new Snapshot(Revision.Of(parts), policy.Policy!, [.. contracts.Select(c => c.Contract!)]) : null;
        return new CompiledSnapshot(snapshot, errors, findings.Warnings);
    }

    private static CompiledPolicy ReadPolicy(ContractFile[] files, Findings findings)
    {
        if (files.FirstOrDefault(f => f.Name == ContractFile.Policy) is not { } file)
        {
            findings.Error(new Mark(ContractFile.Policy, 1, 1), "there is no policy", "write the purposes that the privacy policy names in policy.yaml");
            return CompiledPolicy.Unreadable;
        }

        return YamlReader.Read(file, findings) is { } map ? PolicyCompiler.Compile(map, findings) : CompiledPolicy.Unreadable;
    }
}

/// <summary>What a compilation gives: a snapshot, or every error. Warnings come with both.</summary>
/// <param name="Snapshot">Null where there are errors.</param>
/// <param name="Errors">Every error, by file, line and column.</param>
/// <param name="Warnings">What is no error but worth knowing: an agreement not in force.</param>
public sealed record CompiledSnapshot(Snapshot? Snapshot, ImmutableArray<ContractFinding> Errors, ImmutableArray<ContractFinding> Warnings);
