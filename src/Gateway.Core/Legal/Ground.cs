using System.Collections.Immutable;
using Gateway.Core.Contracts;

namespace Gateway.Core.Legal;

/// <summary>On what ground data is disclosed to others than partners. Closed.</summary>
public enum Ground
{
    /// <summary>A court's or an authority's order in a proceeding.</summary>
    LegalProcess,

    /// <summary>A law that obliges the shop directly.</summary>
    EdictOfLaw,

    /// <summary>The shop's own rights, or those of others, have to be established or defended.</summary>
    ProtectionOfRights,

    /// <summary>Somebody's life or safety is in danger now.</summary>
    UrgentSafety,
}

/// <summary>What a ground means: its name, the basis that it rests on, and what the customer is told.</summary>
public static class Grounds
{
    /// <summary>The purpose of every such disclosure: fideslang's for what the law has third parties be given.</summary>
    public const string Purpose = "third_party_sharing.legal_obligation";

    private static readonly ImmutableArray<Row> s_rows =
    [
        new("legal_process", LegalBasis.LegalObligation, "We disclose your information where a court or an authority orders it in a proceeding."),
        new("edict_of_law", LegalBasis.LegalObligation, "We disclose your information where a law obliges us to."),
        new("protection_of_rights", LegalBasis.LegitimateInterests,
            "We disclose your information where our rights, or those of others, have to be established or defended."),
        new("urgent_safety", LegalBasis.VitalInterests, "We disclose your information where somebody's life or safety is in danger and it cannot wait."),
    ];

    /// <summary>Names as case files and reports write them, in order.</summary>
    public static ImmutableArray<string> Names { get; } = [.. s_rows.Select(r => r.Name)];

    /// <summary>The name: <c>legal_process</c>.</summary>
    public static string Name(this Ground ground) => s_rows[(int)ground].Name;

    /// <summary>The legal basis, GDPR Art. 6(1).</summary>
    public static LegalBasis Basis(this Ground ground) => s_rows[(int)ground].Basis;

    /// <summary>The sentence that the customer is told.</summary>
    public static string Promise(this Ground ground) => s_rows[(int)ground].Promise;

    /// <summary>The ground of this name, or null.</summary>
    public static Ground? Find(string? name) => name is not null && Names.IndexOf(name) is >= 0 and var at ? (Ground)at : null;

    private sealed record Row(string Name, LegalBasis Basis, string Promise);
}
