using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Core.Exchange;

/// <summary>What a subject is to be shown, before it is recorded.</summary>
/// <param name="Response">The response without its receipt.</param>
/// <param name="Sign">Puts the receipt in.</param>
/// <param name="Released">What can be in it, by name: follows from method and contracts, never from the data.</param>
public sealed record SubjectAnswer(IMessage Response, Action<Receipt> Sign, IReadOnlyList<string> Released)
{
    /// <summary>The subject's records in it; they get the pseudonyms that they have wherever else they were released.</summary>
    public IReadOnlyList<HeldRecord> Records { get; init; } = [];

    /// <summary>True when something of the subject is kept by the call, so that its entry must name them even if no entry did before.</summary>
    public bool Keeps { get; init; }
}

/// <summary>One record of a subject.</summary>
/// <param name="Type">The record's full name.</param>
/// <param name="Key">Its key.</param>
public readonly record struct HeldRecord(string Type, string Key);
