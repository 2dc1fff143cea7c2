using Gateway.Core.Permissions;

namespace Gateway.Stores.Sqlite.Preferences;

/// <summary>The words that the view has for what subjects said; exactly these.</summary>
internal static class PreferenceStates
{
    public const string OptedOut = "opted_out";

    public static PreferenceState? Parse(string? text) => text switch
    {
        "requested" => PreferenceState.Requested,
        "soft_opt_in" => PreferenceState.SoftOptIn,
        OptedOut => PreferenceState.OptedOut,
        _ => null,
    };

    public static string Of(PreferenceState state) => state switch
    {
        PreferenceState.Requested => "requested",
        PreferenceState.SoftOptIn => "soft_opt_in",
        PreferenceState.OptedOut => OptedOut,
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
