using System.CommandLine;

namespace Gateway.Commands.Certs;

/// <summary><c>gateway certs</c>.</summary>
internal static class CertsCommand
{
    public static Command Create() => new("certs", "Make, issue, inspect and revoke certificates. Example: gateway certs dev --out certs-dev")
    {
        DevCommand.Create(),
        IssueCommand.Create(),
        InspectCommand.Create(),
        RevokeCommand.Create(),
        RefusalsCommand.Create(),
    };
}
