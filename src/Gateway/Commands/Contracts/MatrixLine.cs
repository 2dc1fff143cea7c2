using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Contracts;

/// <summary>A row of the access matrix as it is printed.</summary>
/// <param name="Partner">The partner's id.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="Record">The record, full name.</param>
/// <param name="Category">The category of data.</param>
/// <param name="Sensitive">True where a granted field can tell of health, belief or sexuality.</param>
/// <param name="Granted">Paths granted, with their transforms.</param>
/// <param name="Released">Paths released; null where use is not known.</param>
/// <param name="Answers">Answers that released some of it; null where that is not known.</param>
/// <param name="Last">The last of them.</param>
/// <param name="State">One of four phrases.</param>
internal sealed record MatrixLine(
    string Partner, string Purpose, string Record, string Category, bool Sensitive, IReadOnlyList<string> Granted, IReadOnlyList<string>? Released,
    long? Answers, DateTimeOffset? Last, string State)
{
    /// <summary>The state of what could be taken out of a contract.</summary>
    public const string Unused = "granted, never used";

    public static MatrixLine Of(Access access, bool useIsKnown) => new(
        access.Partner, access.Purpose, access.Record, access.Category, access.Sensitive, access.Granted, useIsKnown ? access.Released : null,
        useIsKnown ? access.Answers : null, access.Last?.ToDateTimeOffset(), StateOf(access, useIsKnown));

    private static string StateOf(Access access, bool useIsKnown) => (access.Granted.Count > 0, access.Answers > 0) switch
    {
        (true, _) when !useIsKnown => "granted, use not known",
        (true, true) => "granted, used",
        (true, false) => Unused,
        _ => "used, no longer granted",
    };
}
