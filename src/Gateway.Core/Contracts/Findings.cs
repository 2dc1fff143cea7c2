using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>Collects every error and warning of a compilation, so that whoever writes a contract sees all of them at once.</summary>
internal sealed class Findings
{
    private const int LongestQuote = 80;

    private readonly List<ContractFinding> _errors = [];
    private readonly List<ContractFinding> _warnings = [];

    /// <summary>How many errors so far.</summary>
    public int ErrorCount => _errors.Count;

    /// <summary>Errors, by file, line and column.</summary>
    public ImmutableArray<ContractFinding> Errors => Sorted(_errors);

    /// <summary>Warnings, by file, line and column.</summary>
    public ImmutableArray<ContractFinding> Warnings => Sorted(_warnings);

    public void Error(Mark at, string what, string instead) => _errors.Add(new ContractFinding(at.File, at.Line, at.Column, what, instead));

    public void Warn(Mark at, string what, string instead) => _warnings.Add(new ContractFinding(at.File, at.Line, at.Column, what, instead));

    /// <summary>A file's text in quotes, short and without control characters: it is printed on terminals and in logs.</summary>
    public static string Quote(string text)
    {
        var shown = text.Length <= LongestQuote ? text : text[..LongestQuote] + "…";
        return $"'{string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c))}'";
    }

    private static ImmutableArray<ContractFinding> Sorted(List<ContractFinding> findings) =>
        [.. findings.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column)];
}
