using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>A grant made ready to run. All but the counters is immutable; those are kept across reloads.</summary>
public sealed class PlannedGrant
{
    internal PlannedGrant(
        Grant grant, IGrantReader reader, GrantPermission? permission, Projector projector, Scopes scopes, CardNumberScan cards, GrantCounters counters)
    {
        Grant = grant;
        Reader = reader;
        Permission = permission;
        Projector = projector;
        Scopes = scopes;
        Cards = cards;
        Counters = counters;
    }

    /// <summary>The grant.</summary>
    public Grant Grant { get; }

    /// <summary>Reads its granted columns.</summary>
    internal IGrantReader Reader { get; }

    /// <summary>Asks whether its records' subjects permit their release; null where they need not.</summary>
    internal GrantPermission? Permission { get; }

    /// <summary>Copies its granted fields.</summary>
    internal Projector Projector { get; }

    /// <summary>What it may release, by read mask.</summary>
    internal Scopes Scopes { get; }

    /// <summary>Finds card numbers where none may be.</summary>
    internal CardNumberScan Cards { get; }

    /// <summary>What it has used.</summary>
    internal GrantCounters Counters { get; }

    /// <summary>Distinct subjects released on <paramref name="day"/>, UTC.</summary>
    public int SubjectsUsed(DateOnly day) => Counters.Subjects.Used(day);

    internal CallRate Rate => Counters.Rate;
}

/// <summary>What a grant has used of its limits, by partner, purpose and record.</summary>
internal sealed record GrantCounters(CallRate Rate, SubjectQuota Subjects, MissCounter Misses, StreamSlots Streams);
