using Microsoft.Extensions.Compliance.Classification;

namespace Gateway.Telemetry;

/// <summary>What a log message's parameter may hold. Both classes are erased before any provider sees them.</summary>
internal static class DataClasses
{
    private const string Taxonomy = "Gateway";

    /// <summary>Data about a person, GDPR Art. 4(1).</summary>
    public static DataClassification Personal { get; } = new(Taxonomy, nameof(Personal));

    /// <summary>What a partner sent and no known name equals.</summary>
    public static DataClassification PartnerInput { get; } = new(Taxonomy, nameof(PartnerInput));
}

/// <summary>Marks a parameter that holds personal data: it is erased.</summary>
internal sealed class PersonalDataAttribute() : DataClassificationAttribute(DataClasses.Personal);

/// <summary>Marks a parameter that holds what a partner sent: it is erased.</summary>
internal sealed class PartnerInputAttribute() : DataClassificationAttribute(DataClasses.PartnerInput);
