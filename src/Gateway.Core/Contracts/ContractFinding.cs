namespace Gateway.Core.Contracts;

/// <summary>Something wrong, or worth knowing, in a file: where, what is wrong, what to write instead.</summary>
/// <param name="File">File name.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Instead">What to write instead.</param>
public sealed record ContractFinding(string File, int Line, int Column, string What, string Instead)
{
    /// <summary><c>file:line:column: what is wrong; what to write instead</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {What}; {Instead}";
}
