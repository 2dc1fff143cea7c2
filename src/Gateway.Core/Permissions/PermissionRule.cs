using System.Collections.Frozen;
using Gateway.Core.Contracts;

namespace Gateway.Core.Permissions;

/// <summary>What a subject must have said for one grant's records to be released. Compiled with the grant.</summary>
public sealed class PermissionRule
{
    private readonly string _purpose;
    private readonly bool _consent;
    private readonly FrozenSet<string>? _lists;

    private PermissionRule(Grant grant, FrozenSet<string>? lists)
    {
        _purpose = grant.Purpose.Key;
        _consent = grant.Basis == LegalBasis.Consent;
        _lists = lists;
    }

    /// <summary>The grant's rule; null where its records need no permission.</summary>
    public static PermissionRule? Of(Grant grant, Policy policy) =>
        grant.Record.Permission is not null
            ? new(grant, policy.Lists.Where(l => l.Purpose == grant.Purpose.Key).Select(l => l.Id).ToFrozenSet(StringComparer.Ordinal))
        : grant.Basis == LegalBasis.Consent ? new(grant, null)
        : null;

    /// <summary>
    /// The preference that allows the release at <paramref name="now"/>, or null. Nothing said is a refusal, as is what was said for a later
    /// date; and who objects to the purpose is on none of its lists.
    /// </summary>
    /// <param name="said">What the record's subject said.</param>
    /// <param name="list">The list that the record is about; null where it names none.</param>
    /// <param name="now">When it is decided.</param>
    public Preference? Judge(SubjectPreferences said, string? list, DateTimeOffset now)
    {
        if (said.Find(_purpose) is { State: PreferenceState.OptedOut })
        {
            return null;
        }

        var topic = _lists is null ? _purpose : list is not null && _lists.Contains(list) ? list : null;
        return topic is not null && said.Find(topic) is { } preference && preference.ChangedAt <= now && Allows(preference.State) ? preference : null;
    }

    // A soft opt-in stands on the shop's legitimate interest; it is no consent.
    private bool Allows(PreferenceState state) =>
        state == PreferenceState.Requested || (state == PreferenceState.SoftOptIn && !_consent && _lists is not null);
}
