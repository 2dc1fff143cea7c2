using System.CommandLine;

namespace Gateway.Commands.Witness;

/// <summary><c>gateway witness checkpoint</c>: the last cosigned checkpoint, as the file that verifications start from.</summary>
internal static class CheckpointCommand
{
    public static Command Create()
    {
        var data = WitnessCommand.DataOption();
        var origin = new Option<string?>("--origin") { Description = "Which log. Needed where the witness knows several." };
        var command = new Command("checkpoint", """
            Print a log's last cosigned checkpoint, which `gateway log verify --since-checkpoint` takes.

            Example: gateway witness checkpoint --data /var/lib/witness --origin shop.example/log > cosigned
            """)
        {
            data, origin,
        };
        command.SetAction(parsed =>
        {
            var memory = WitnessCommand.Read(parsed.GetRequiredValue(data));
            memory.Signer.Dispose();
            var notes = memory.Cosigned;
            var name = parsed.GetValue(origin) ?? (notes.Count == 1 ? notes.Keys.Single() : null);
            if (name is null || !notes.TryGetValue(name, out var note))
            {
                throw new CommandFailure(
                    ExitCode.Usage,
                    name is null ? $"this witness has cosigned {notes.Count} logs" : $"this witness has cosigned no checkpoint of {name}",
                    notes.IsEmpty ? "it knows none yet: see that the log's operator configured it" : $"name one with --origin: {string.Join(", ", notes.Keys)}");
            }

            Output.Data(note.ToBytes());
            return ExitCode.Ok;
        });
        return command;
    }
}
