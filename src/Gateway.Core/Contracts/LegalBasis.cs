namespace Gateway.Core.Contracts;

/// <summary>The legal bases of GDPR Art. 6(1), in its order.</summary>
public enum LegalBasis
{
    Consent,
    Contract,
    LegalObligation,
    VitalInterests,
    PublicTask,
    LegitimateInterests,
}

/// <summary>The names that contracts, records and answers use.</summary>
public static class LegalBases
{
    private static readonly string[] s_names =
        ["consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests"];

    /// <summary><c>legitimate_interests</c></summary>
    public static string Name(this LegalBasis basis) => s_names[(int)basis];
}
