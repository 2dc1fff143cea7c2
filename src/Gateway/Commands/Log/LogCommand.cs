using System.CommandLine;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log</c>.</summary>
internal static class LogCommand
{
    public static Command Create() => new(
        "log", "Read the disclosure log: who got whose data, when, for what. Example: gateway log query --partner northgate-warehouse --since 1d")
    {
        TailCommand.Create(),
        QueryCommand.Create(),
        ShowCommand.Create(),
        VerifyCommand.Create(),
        ProveCommand.Create(),
        VerifyProofCommand.Create(),
        ExportCommand.Create(),
        ForgetCommand.Create(),
        HoldCommand.Create(),
        ReleaseCommand.Create(),
        ArchiveCommand.Create(),
        KeyCommand.Create(),
        RecoverCommand.Create(),
    };
}
