using System.Collections.Frozen;

namespace Gateway.Core.Identity;

/// <summary>
/// Who is suspended and which keys are revoked: state of our own, kept outside the contracts and checked on every call, because a
/// revocation list cannot meet a deadline. Immutable; <see cref="StandingHolder"/> swaps it.
/// </summary>
public sealed record Standing(FrozenSet<string> SuspendedPartners, FrozenSet<SpkiHash> RevokedKeys)
{
    /// <summary>Everyone in good standing.</summary>
    public static Standing Clear { get; } = new(FrozenSet<string>.Empty, FrozenSet<SpkiHash>.Empty);

    /// <summary>The standing that these entries make.</summary>
    /// <exception cref="FormatException">A revoked key is no key: nothing may be answered on such a standing.</exception>
    public static Standing Of(IReadOnlyCollection<StandingEntry> entries) => new(
        entries.Where(e => e.Kind == StandingKind.SuspendedPartner).Select(e => e.Target).ToFrozenSet(StringComparer.Ordinal),
        entries.Where(e => e.Kind == StandingKind.RevokedKey)
            .Select(e => SpkiHash.TryParse(e.Target, out var key) ? key : throw new FormatException($"'{e.Target}' is no key."))
            .ToFrozenSet());
}

/// <summary>The standing in force.</summary>
public sealed class StandingHolder(Standing initial)
{
    private volatile Standing _current = initial;

    /// <summary>The standing in force now.</summary>
    public Standing Current => _current;

    /// <summary>Puts <paramref name="next"/> in force.</summary>
    public void Swap(Standing next) => _current = next;
}
