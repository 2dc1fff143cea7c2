using System.CommandLine;

namespace Gateway.Commands.Witness;

/// <summary><c>gateway witness key</c>: what verifies the witness's cosignatures, and nothing else.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var data = WitnessCommand.DataOption();
        var command = new Command("key", "Print the witness's verifier key (C2SP vkey, type 4), which the log's operator configures. Example: gateway witness key --data /var/lib/witness")
        {
            data,
        };
        command.SetAction(parsed =>
        {
            using var signer = WitnessCommand.Read(parsed.GetRequiredValue(data)).Signer;
            Output.Data(signer.Verifier.ToString());
            return ExitCode.Ok;
        });
        return command;
    }
}
