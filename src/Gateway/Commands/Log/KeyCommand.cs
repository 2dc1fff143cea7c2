using System.CommandLine;
using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Stores.Notes;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log key</c>: the public keys that verify the log's checkpoints; add one, retire one.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var staff = new StaffOptions();
        var data = new Option<DirectoryInfo>("--data") { Description = "Read them in this data folder instead of asking the gateway." };
        var command = new Command("key", """
            Prints the log's verifier keys (C2SP vkey), one a line, and nothing else. Two while one follows the other: checkpoints are
            signed with each of them.

            Example: gateway log key > log.vkey
            """)
        {
            data,
        };
        staff.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] keys;
            if (parsed.GetValue(data) is { } folder)
            {
                keys = ReadLocal(new DataFolder(folder.FullName));
            }
            else
            {
                using var client = staff.OpenHttp(parsed);
                keys = await new StaffTiledLog(client).ReadKeysAsync(cancellationToken);
            }

            foreach (var key in keys)
            {
                Output.Data(key);
            }

            return ExitCode.Ok;
        });
        command.Subcommands.Add(CreateAdd());
        command.Subcommands.Add(CreateRetire());
        return command;
    }

    private static Command CreateAdd()
    {
        var (data, reason) = Options();
        var command = new Command("add", """
            Makes a second key: from the next start on each checkpoint carries the signatures of both. Give the new one to whoever verifies,
            then retire the old one. The gateway must be down.

            Example: gateway log key add --data /var/lib/gateway --reason 'yearly change'
            """)
        {
            data, reason,
        };
        command.SetAction(async parsed =>
        {
            var added = await OfflineLog.WithAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(reason), async log =>
            {
                using var key = Ed25519Signer.Generate(log.Identity.Origin, NoteVerifier.Ed25519, TimeProvider.System);
                await log.RecordAsync("log.key.add", key.Verifier.ToString());
                Write(log, [.. log.Keys, key]);
                return key.Verifier.ToString();
            });
            Output.Data(added);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command CreateRetire()
    {
        var (data, reason) = Options();
        var vkey = new Argument<string>("vkey") { Description = "The verifier key to retire, as `gateway log key` prints it." };
        var command = new Command("retire", """
            Destroys a signing key once another has signed beside it. Keep its verifier key: earlier checkpoints and proofs carry its
            signature. The gateway must be down.

            Example: gateway log key retire 'shop.example/log+1a2b3c4d+AQ…' --data /var/lib/gateway --reason 'yearly change'
            """)
        {
            vkey, data, reason,
        };
        command.SetAction((parsed, _) => OfflineLog.WithAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(reason), async log =>
        {
            var named = parsed.GetRequiredValue(vkey);
            var left = log.Keys.Where(k => k.Verifier.ToString() != named).ToList();
            if (left.Count == log.Keys.Count)
            {
                throw new CommandFailure(ExitCode.Usage, "The log has no such key.", "`gateway log key --data DIR` prints its keys");
            }

            if (left.Count == 0)
            {
                throw new CommandFailure(ExitCode.Refused, "This is the log's only key: without it nothing could be signed.", "add another first: gateway log key add");
            }

            if (log.Checkpoint.Read() is { } last && Checkpoint.Verified(last, [.. left.Select(k => k.Verifier)]) is null)
            {
                throw new CommandFailure(
                    ExitCode.Refused, "The last checkpoint is not signed by the key that would be left: nobody could go on from the old key to it.", "start the gateway once with both keys, stop it, and retire the key then");
            }

            // What a witness holds the log to is needed to recover it, and counts only with a signature of a key that the log has.
            if (log.Cosigned.FirstOrDefault(f => f.Read() is { } note && Checkpoint.Verified(note, [.. left.Select(k => k.Verifier)]) is null) is { } cosigned)
            {
                throw new CommandFailure(
                    ExitCode.Refused, $"What a witness cosigned last, in {cosigned.Path}, is not signed by the key that would be left.",
                    "start the gateway once with both keys and its witness, stop it, and retire the key then; where the witness cosigns no more, move the file away");
            }

            await log.RecordAsync("log.key.retire", named);
            Write(log, left);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static (Option<DirectoryInfo> Data, Option<string> Reason) Options() => (
        new Option<DirectoryInfo>("--data") { Description = "The data folder of a gateway that is down.", Required = true },
        new Option<string>("--reason") { Description = "Why; kept in the log.", Required = true });

    private static string[] ReadLocal(DataFolder folder)
    {
        try
        {
            return File.ReadAllLines(folder.LogVerifierKeys);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"{folder.LogVerifierKeys} cannot be read: {e.Message}", "name a gateway's data folder with --data");
        }
    }

    private static void Write(OfflineLog log, IReadOnlyList<Ed25519Signer> keys)
    {
        NoteKeyFile.Write(log.Folder.LogKey, keys);
        new LogKeyFile(log.Folder.LogKey, log.Folder.LogVerifierKeys).Publish(keys.Select(k => k.Verifier));
    }
}
