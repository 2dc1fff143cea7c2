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
