namespace Gateway.Contracts;

/// <summary>How the contracts stand, for readiness and for staff. Holds file names and places, no personal data.</summary>
/// <param name="Revision">The revision in force.</param>
/// <param name="Since">Since when.</param>
/// <param name="Errors">Why what lies in the folder is not in force; empty where it is.</param>
internal sealed record ContractStatus(string Revision, DateTimeOffset Since, IReadOnlyList<string> Errors);
