using Gateway.Core.Log.Notes;

namespace Gateway.Witnessing;

/// <summary>How the gateway stands with one witness. Immutable.</summary>
/// <param name="Cosigned">The last checkpoint that it cosigned; null where none is known.</param>
/// <param name="BehindSince">Time of the oldest entry that is signed but not cosigned; null where there is none.</param>
/// <param name="Trouble">Why the last try came to nothing; null when it did not.</param>
/// <param name="Contradiction">How its history differs from ours; null where it does not.</param>
/// <param name="Failures">Tries in a row that came to nothing.</param>
internal sealed record WitnessState(
    PublishedCheckpoint? Cosigned, DateTimeOffset? BehindSince, string? Trouble, string? Contradiction, int Failures)
{
    public static WitnessState Unknown { get; } = new(null, null, null, null, 0);

    /// <summary>Age of the oldest entry that is signed but not cosigned.</summary>
    public TimeSpan Lag(DateTimeOffset now) => BehindSince is { } since && since < now ? now - since : TimeSpan.Zero;
}
