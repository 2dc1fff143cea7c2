using Gateway.Core.Permissions;
using Wire = Gateway.Protos.Subject.V1.PreferenceState;

namespace Gateway.Subjects;

/// <summary>What was said, on the wire, in the log and in a sentence.</summary>
internal static class PreferenceWords
{
    /// <summary>As the shop's view writes it.</summary>
    public static string Of(PreferenceState state) => state switch
    {
        PreferenceState.Requested => "requested",
        PreferenceState.SoftOptIn => "soft_opt_in",
        _ => "opted_out",
    };

    public static Wire ToWire(PreferenceState? state) => state switch
    {
        PreferenceState.Requested => Wire.Requested,
        PreferenceState.SoftOptIn => Wire.SoftOptIn,
        PreferenceState.OptedOut => Wire.OptedOut,
        _ => Wire.Unspecified,
    };

    /// <summary>What a customer can say: yes or no. Null for anything else.</summary>
    public static PreferenceState? Said(Wire state) => state switch
    {
        Wire.Requested => PreferenceState.Requested,
        Wire.OptedOut => PreferenceState.OptedOut,
        _ => null,
    };

    /// <summary>What a disclosure relied on, told to the customer.</summary>
    public static string Sentence(Preference preference)
    {
        var day = preference.ChangedAt.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        return preference.State switch
        {
            PreferenceState.Requested => $"your request of {day}",
            PreferenceState.SoftOptIn => $"you had bought something similar by {day} and did not object",
            _ => $"what you said on {day}",
        };
    }
}
