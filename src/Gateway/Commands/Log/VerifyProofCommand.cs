using System.CommandLine;
using System.Globalization;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log verify-proof</c>: checks a proof with keys alone, and tells what it proves.</summary>
internal static class VerifyProofCommand
{
    /// <summary>A proof is the entry, up to 63 hashes and a checkpoint: far less than this, bytes.</summary>
    private const int LongestFile = 1024 * 1024;

    public static Command Create()
    {
        var trust = new TrustOptions(keyRequired: true);
        var format = CommonOptions.Format();
        var file = new Argument<FileInfo>("file") { Description = "The .tlog-proof file." };
        var command = new Command(
            "verify-proof", "Check that an entry is in a log, offline, and print the entry. Example: gateway log verify-proof receipt.tlog-proof --key log.vkey")
        {
            file, format,
        };
        trust.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            if (!path.Exists)
            {
                throw new CommandFailure(ExitCode.Usage, $"There is no file {path.FullName}.");
            }

            var bytes = path.Length > LongestFile ? [] : await File.ReadAllBytesAsync(path.FullName, cancellationToken);
            var verified = Verify(bytes, trust.Read(parsed, own: null));
            Print(parsed.GetValue(format), verified);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="CommandFailure">It proves nothing; says why.</exception>
    internal static VerifiedProof Verify(byte[] bytes, LogTrust trust)
    {
        if (!LogProof.TryParse(bytes, out var proof))
        {
            throw new CommandFailure(ExitCode.CheckFailed, "The file is no c2sp.org/tlog-proof with its entry in the extra line.");
        }

        var judged = trust.Judge(proof.Checkpoint);
        if (judged.Checkpoint is not { } checkpoint)
        {
            throw new CommandFailure(ExitCode.CheckFailed, judged.Fault!);
        }

        if (!proof.IsIncludedIn(checkpoint))
        {
            throw new CommandFailure(
                ExitCode.CheckFailed, $"The entry is not the one at index {proof.Index} of the log of {checkpoint.Head.Size} entries that was signed: it, its index or the proof was changed.");
        }

        try
        {
            var row = LogRow.Of(new LoggedEntry { Index = proof.Index, Leaf = ByteString.CopyFrom(proof.Entry.Span) });
            return new VerifiedProof(
                checkpoint.Origin, proof.Index, checkpoint.Head.Size, checkpoint.Head.Root.ToString(),
                judged.Cosigned.ToDictionary(c => c.Witness, c => c.Time, StringComparer.Ordinal), row);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or NullReferenceException)
        {
            throw new CommandFailure(ExitCode.CheckFailed, $"The entry is in the log at index {proof.Index}, and is no entry that this gateway can read.", "a newer gateway may");
        }
    }

    private static void Print(OutputFormat format, VerifiedProof verified)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, [verified], [], _ => []);
            return;
        }

        Output.Data(string.Create(
            CultureInfo.InvariantCulture, $"Proven: entry {verified.Index} of {verified.Size} in the log {verified.Origin}{Witnessed(verified)}."));
        Output.Data(EntrySentence.Of(verified.Entry));
        LogPrinter.Whole(format, verified.Entry);
    }

    private static string Witnessed(VerifiedProof verified) => string.Concat(verified.Cosigned.Select(
        c => $", seen by {c.Key} at {c.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}"));
}

/// <summary>A proof that holds; its names are what scripts read.</summary>
internal sealed record VerifiedProof(
    string Origin, long Index, long Size, string Root, IReadOnlyDictionary<string, DateTimeOffset> Cosigned, LogRow Entry);
