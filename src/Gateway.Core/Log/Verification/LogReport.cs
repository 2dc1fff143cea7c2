using System.Collections.Immutable;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Verification;

/// <summary>What a check of a whole log found. Whole only when both verdicts are.</summary>
public sealed record LogReport
{
    /// <summary>What the log commits to; null where it has no checkpoint that can be trusted.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>By which of the witnesses asked for.</summary>
    public ImmutableArray<Cosigned> Cosigned { get; init; } = [];

    /// <summary>Is what is there what was recorded?</summary>
    public required LogVerdict Integrity { get; init; }

    /// <summary>Is all there that was recorded?</summary>
    public required LogVerdict Completeness { get; init; }

    /// <summary>How many entries were read and hash to what the checkpoint commits to.</summary>
    public long Verified { get; init; }

    /// <summary>Entries that are not there, and were declared so. No fault.</summary>
    public ImmutableArray<LogGap> Gaps { get; init; } = [];

    /// <summary>Entries that no checkpoint covers yet; null where nobody can tell.</summary>
    public long? NotSignedYet { get; init; }

    /// <summary>True when integrity and completeness hold.</summary>
    public bool IsWhole => Integrity.Holds && Completeness.Holds;
}

/// <summary>One of the two verdicts.</summary>
/// <param name="Faults">Everything found, the lowest index first, at most <see cref="MostFaults"/>.</param>
public sealed record LogVerdict(ImmutableArray<LogFault> Faults)
{
    /// <summary>Faults that are told; there may be more.</summary>
    public const int MostFaults = 100;

    /// <summary>True when nothing was found.</summary>
    public bool Holds => Faults.IsEmpty;

    /// <summary>The first bad index; null where nothing was found, or where it concerns no entry.</summary>
    public long? FirstBad => Faults.Select(f => f.Entries?.Start).Where(i => i is not null).Min();

    internal static LogVerdict Of(IEnumerable<LogFault> faults) =>
        new([.. faults.OrderBy(f => f.Entries?.Start ?? -1).Take(MostFaults)]);
}

/// <summary>Something that is not as it was recorded.</summary>
/// <param name="Entries">Which entries it concerns; null where it concerns none, or all.</param>
/// <param name="What">What is wrong, a sentence.</param>
public sealed record LogFault(TreeRange? Entries, string What);
