using System.CommandLine;

namespace Gateway.Commands.Keys;

/// <summary><c>gateway keys</c>.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "See which secrets the gateway holds. Example: gateway keys list --data .gateway")
    {
        ListCommand.Create(),
    };
}
