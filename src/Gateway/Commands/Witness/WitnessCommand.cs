using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Log.Notes;
using Gateway.Hosting;
using Gateway.Stores;
using Gateway.Stores.Sqlite.Witness;
using Gateway.Witness;

namespace Gateway.Commands.Witness;

/// <summary><c>gateway witness</c>: the auditor's. Cosigns a log's checkpoints for as long as each goes on from the one before.</summary>
internal static partial class WitnessCommand
{
    public static Command Create()
    {
        var data = DataOption();
        var name = new Option<string?>("--name")
        {
            Description = "The witness's name, a URL without its scheme. Needed at the first start, which makes the key.",
        };
        var logs = new Option<string[]>("--log")
        {
            Description = "Verifier key (vkey) of a log to cosign, as `gateway log key` prints it. Repeatable; several of one origin for a change of keys.",
        };
        var listen = new Option<string>("--listen")
        {
            Description = "Where to listen, address:port.",
            DefaultValueFactory = _ => "127.0.0.1:9465",
        };
        var certificate = new Option<FileInfo?>("--certificate") { Description = "Certificate for HTTPS, PEM, with what chains it to its authority." };
        var key = new Option<FileInfo?>("--key") { Description = "The certificate's private key, PEM." };
        var command = new Command("witness", """
            Runs a witness, on another machine than the log's and in other hands: it cosigns a log's checkpoints (c2sp.org/tlog-witness)
            for as long as each goes on from the one before, and keeps what does not as evidence.

            Example: gateway witness --data /var/lib/witness --name auditor.example/w1 --log "$(cat shop.vkey)" \
                       --listen 0.0.0.0:9465 --certificate witness.pem --key witness.key
            """)
        {
            data, name, logs, listen, certificate, key,
        };
        command.Subcommands.Add(KeyCommand.Create());
        command.Subcommands.Add(ShowCommand.Create());
        command.Subcommands.Add(CheckpointCommand.Create());
        command.SetAction((parsed, token) => RunAsync(
            new WitnessFolder(parsed.GetRequiredValue(data).FullName),
            parsed.GetValue(name),
            Trusted(parsed.GetValue(logs) ?? []),
            Endpoint(parsed.GetRequiredValue(listen), parsed.GetValue(certificate) is not null),
            Certificate(parsed.GetValue(certificate), parsed.GetValue(key)),
            token));
        return command;
    }

    /// <summary><c>--data</c>, the same for each verb.</summary>
    public static Option<DirectoryInfo> DataOption() => new("--data")
    {
        Description = "Folder of the witness's key, of what it cosigned, and of evidence.",
        DefaultValueFactory = _ => new DirectoryInfo(".witness"),
    };

    /// <summary>What a witness remembers, also while it runs.</summary>
    /// <exception cref="CommandFailure">There is none, or it is damaged.</exception>
    public static WitnessMemory Read(DirectoryInfo data)
    {
        try
        {
            return WitnessFile.Read(new WitnessFolder(data.FullName).Memory, TimeProvider.System);
        }
        catch (StoreException e)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, e.Message);
        }
    }

    private static async Task<int> RunAsync(
        WitnessFolder folder, string? name, TrustedLogs logs, IPEndPoint listen, X509Certificate2Collection? certificate, CancellationToken token)
    {
        using var store = Open(folder, name);
        using var host = WitnessHost.Build(
            store, logs, new EvidenceFolder(folder.Evidence), listen, certificate, log => log.AddGatewayLogging(LogFormat.Json));
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WitnessCommand));
        foreach (var unknown in store.Memory.Cosigned.Keys.Except(logs.Origins, StringComparer.Ordinal))
        {
            Log.NotTrustedAnyMore(logger, unknown);
        }

        try
        {
            await host.StartAsync(token);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the witness did not start: {e.Message}", "name another address in --listen");
        }

        Log.Witnessing(logger, store.Memory.Signer.Verifier.Name, WitnessHost.AddressOf(host).ToString(), string.Join(", ", logs.Origins));
        await host.WaitForShutdownAsync(token);
        return host.Services.GetRequiredService<Cosigner>().Trouble is { } trouble
            ? throw new CommandFailure(ExitCode.Unexpected, $"the witness stopped: {trouble}", "see to the disk, then start again")
            : ExitCode.Ok;
    }

    private static SqliteWitnessStore Open(WitnessFolder folder, string? name)
    {
        if (name is not null && !NoteVerifier.IsName(name))
        {
            throw new CommandFailure(ExitCode.Usage, $"'{name}' cannot name a witness", "write e.g. --name auditor.example/w1: no space, no plus");
        }

        try
        {
            PrivateFolder.Ensure(folder.Root);
            return SqliteWitnessStore.Open(folder.Memory, name, TimeProvider.System);
        }
        catch (StoreException e)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the witness did not start: {e.Message}", e.InUse ? null : "--name auditor.example/w1 names a new one; --data names its folder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the witness did not start: {e.Message}", "name a folder that can be written in --data");
        }
    }

    private static TrustedLogs Trusted(string[] vkeys)
    {
        if (vkeys.Length == 0)
        {
            throw new CommandFailure(ExitCode.Usage, "no log is named", "give the log's verifier key, which `gateway log key` prints: --log VKEY");
        }

        return new TrustedLogs(vkeys.Select(v => NoteVerifier.TryParse(v, out var key) && key.Type == NoteVerifier.Ed25519
            ? key
            : throw new CommandFailure(ExitCode.Usage, $"'{v}' is not a log's verifier key", "give what `gateway log key` prints: NAME+ID+BASE64, of type 1 (Ed25519)")));
    }

    private static IPEndPoint Endpoint(string text, bool isSecure)
    {
        if (!IPEndPoint.TryParse(text, out var endpoint) || !text.Contains(':', StringComparison.Ordinal))
        {
            throw new CommandFailure(ExitCode.Usage, $"'{text}' is not address:port", "write e.g. --listen 0.0.0.0:9465");
        }

        return isSecure || IPAddress.IsLoopback(endpoint.Address)
            ? endpoint
            : throw new CommandFailure(
                ExitCode.InvalidConfiguration,
                $"plain HTTP is not served on {endpoint}: only on loopback",
                "give --certificate and --key for HTTPS, or listen on 127.0.0.1 behind a proxy that speaks it");
    }

    private static X509Certificate2Collection? Certificate(FileInfo? certificate, FileInfo? key)
    {
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw new CommandFailure(ExitCode.Usage, "--certificate and --key go together");
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate.FullName);
            chain[0].Dispose();
            chain[0] = X509Certificate2.CreateFromPemFile(certificate.FullName, key.FullName);
            return chain;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the certificate cannot be used: {e.Message}", "PEM: the certificate first, then what chains it to its authority; its key in a file of its own");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1394, LogLevel.Information, "Witness {Name} listens on {Address}, for {Logs}", EventName = "Witnessing")]
        public static partial void Witnessing(ILogger logger, string name, string address, string logs);

        [LoggerMessage(1395, LogLevel.Warning, "{Origin} was cosigned before, but no --log names it: its checkpoints are answered with 404", EventName = "LogNotTrustedAnyMore")]
        public static partial void NotTrustedAnyMore(ILogger logger, string origin);
    }
}
