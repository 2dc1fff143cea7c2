using System.Diagnostics;

namespace Gateway.Core.Telemetry;

/// <summary>
/// Spans of one call that have ended, handed over together, so that who keeps them keeps all or none: a whole call with its root, or
/// some steps of a stream that still runs, without.
/// </summary>
public sealed class EndedSpans
{
    /// <summary>Steps handed over at once at most: a unary call has fewer.</summary>
    public const int MostSteps = 8;

    internal EndedSpans()
    {
    }

    /// <summary>The call's root; null for a part of a stream.</summary>
    public Activity? Root { get; internal set; }

    /// <summary>Steps in the order they ended.</summary>
    public List<Activity> Steps { get; } = new(MostSteps);

    /// <summary>How many spans these are.</summary>
    public int Count => Steps.Count + (Root is null ? 0 : 1);
}
