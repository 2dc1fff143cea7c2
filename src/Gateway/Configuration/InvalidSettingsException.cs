namespace Gateway.Configuration;

/// <summary>The configuration is incomplete or wrong. Nothing was started.</summary>
internal sealed class InvalidSettingsException(IReadOnlyList<string> errors)
    : Exception("The configuration is not usable:\n  " + string.Join("\n  ", errors))
{
    /// <summary>One sentence an error: which setting, what is wrong, what to write.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
