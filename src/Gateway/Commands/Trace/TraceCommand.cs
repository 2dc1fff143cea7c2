using System.CommandLine;

namespace Gateway.Commands.Trace;

/// <summary><c>gateway trace</c>.</summary>
internal static class TraceCommand
{
    public static Command Create() => new(
        "trace", "Look at recent calls step by step. Example: gateway trace list --decision refused, then gateway trace show TRACE")
    {
        ShowCommand.Create(),
        ListCommand.Create(),
    };
}
