namespace Gateway.Core.Exchange;

/// <summary>Names of the metadata that partners send and get. Fixed.</summary>
public static class CallMetadata
{
    /// <summary>Request: the purpose, where the contract leaves a choice.</summary>
    public const string Purpose = "gateway-purpose";

    /// <summary>Trailer: the receipt id of a refusal.</summary>
    public const string Receipt = "gateway-receipt";
}
