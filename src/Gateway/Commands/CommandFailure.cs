namespace Gateway.Commands;

/// <summary>A command cannot go on. The message tells the user what happened, why, and what to do next.</summary>
internal sealed class CommandFailure(int exitCode, string message, string? hint = null) : Exception(message)
{
    /// <summary>One of <see cref="Commands.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What to do next; null where the message says it.</summary>
    public string? Hint { get; } = hint;
}
