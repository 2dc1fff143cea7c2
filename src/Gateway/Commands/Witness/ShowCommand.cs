using System.CommandLine;
using System.Globalization;
using Gateway.Core.Log.Notes;

namespace Gateway.Commands.Witness;

/// <summary><c>gateway witness show</c>: what the witness cosigned last of each log.</summary>
internal static class ShowCommand
{
    private sealed record Row(string Origin, long Size, string Root, DateTimeOffset Cosigned);

    public static Command Create()
    {
        var data = WitnessCommand.DataOption();
        var format = CommonOptions.Format();
        var command = new Command("show", "List each log's last cosigned checkpoint: origin, size, root, when. Example: gateway witness show --data /var/lib/witness -o json")
        {
            data, format,
        };
        command.SetAction(parsed =>
        {
            var memory = WitnessCommand.Read(parsed.GetRequiredValue(data));
            using var signer = memory.Signer;
            Output.Rows(
                parsed.GetValue(format),
                memory.Cosigned.Values.Select(n => Of(n, signer.Verifier)).ToList(),
                ["origin", "size", "root", "cosigned"],
                r => [r.Origin, r.Size.ToString(CultureInfo.InvariantCulture), r.Root, r.Cosigned.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)]);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Row Of(SignedNote note, NoteVerifier witness)
    {
        var checkpoint = Checkpoint.Verified(note, [witness])!;
        var cosignature = note.Signatures.Single(s => s.Name == witness.Name && s.KeyId == witness.KeyId);
        return new Row(checkpoint.Origin, checkpoint.Head.Size, checkpoint.Head.Root.ToString(), NoteVerifier.TimeOf(cosignature.Signature.AsSpan())!.Value);
    }
}
