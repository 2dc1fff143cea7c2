using System.CommandLine;
using Gateway.Commands.Contracts.Processing;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts</c>.</summary>
internal static class ContractsCommand
{
    public static Command Create() => new(
        "contracts", "Check, read and compare policy and contracts. Example: gateway contracts check .gateway/contracts")
    {
        CheckCommand.Create(),
        ShowCommand.Create(),
        DiffCommand.Create(),
        MatrixCommand.Create(),
        RecordCommand.Create(),
        OverdueCommand.Create(),
        ConfirmCommand.Create(),
        ChecklistCommand.Create(),
    };
}
