using System.CommandLine;

namespace Gateway.Commands.Requests;

/// <summary><c>gateway requests</c>.</summary>
internal static class RequestsCommand
{
    public static Command Create() => new(
        "requests", "Answer what customers ask for within a month: rectification and erasure. Example: gateway requests list --overdue")
    {
        ListCommand.Create(),
        ShowCommand.Create(),
        OpenCommand.Create(),
        ExtendCommand.Create(),
        ResolveCommand.Create(),
    };
}
