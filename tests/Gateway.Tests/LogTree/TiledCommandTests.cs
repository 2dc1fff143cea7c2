using System.CommandLine;
using Gateway.Commands;
using Gateway.Commands.Log;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.LogTree;

/// <summary><c>gateway log export, prove, verify-proof, verify</c> against a whole gateway, its export, and its files when it is down.</summary>
public sealed class TiledCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-tiles-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Tiles => Path.Combine(_folder.FullName, "tiles");

    private string Proof => Path.Combine(_folder.FullName, "entry.tlog-proof");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Log_OfARunningGateway_IsExportedVerifiedAndProven()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var receipt = await ReceiptAsync(gateway);
        string[] staff = ["--certs", gateway.Settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}", "--as", "security-analyst"];
        string[] key = ["--key", gateway.Settings.Data.LogVerifierKeys];

        (await RunAsync(["prove", receipt, "--out", Proof, .. staff])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["export", "--tiles", Tiles, .. staff, .. key])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["verify", .. staff, .. key, "--mirror", Tiles, "--since-checkpoint", Path.Combine(Tiles, "checkpoint")])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["verify", "-o", "json", .. staff])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["export", "--tiles", Tiles, .. staff])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["verify", "--tiles", Tiles, .. key])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["verify-proof", Proof, .. key])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["verify-proof", Proof, "-o", "ndjson", .. key])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["prove", receipt, "--out", Proof, "--tiles", Tiles, .. key])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["verify-proof", Proof, .. key])).ShouldBe(ExitCode.Ok);
    }

    [Fact]
    public async Task Proof_ThatProvesNothing_EndsInACheckThatFailed()
    {
        await using var gateway = await RunningGateway.StartAsync();
        string[] staff = ["--certs", gateway.Settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}", "--as", "security-analyst"];
        await RunAsync(["prove", await ReceiptAsync(gateway), "--out", Proof, .. staff]);
        var other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        string[] key = ["--key", gateway.Settings.Data.LogVerifierKeys];

        (await RunAsync(["verify-proof", Proof, "--key", other])).ShouldBe(ExitCode.CheckFailed);
        (await RunAsync(["verify-proof", Proof, "--key", "nonsense"])).ShouldBe(ExitCode.Usage);
        var lines = await File.ReadAllLinesAsync(Proof, Cancellation);
        lines[2] = "index 1";
        await File.WriteAllTextAsync(Proof, string.Join('\n', lines) + "\n", Cancellation);
        (await RunAsync(["verify-proof", Proof, .. key])).ShouldBe(ExitCode.CheckFailed);
        (await RunAsync(["prove", Guid.CreateVersion7().ToString(), "--out", Proof, .. staff])).ShouldBe(ExitCode.CheckFailed);
        (await RunAsync(["prove", "no-receipt", "--out", Proof, .. staff])).ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task Export_ThatWasChanged_DoesNotVerify()
    {
        await using var gateway = await RunningGateway.StartAsync();
        string[] staff = ["--certs", gateway.Settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}", "--as", "security-analyst"];
        string[] key = ["--key", gateway.Settings.Data.LogVerifierKeys];
        await RunAsync(["export", "--tiles", Tiles, .. staff]);
        var bundle = Directory.EnumerateFiles(Path.Combine(Tiles, "tile", "entries"), "*", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(bundle, Cancellation);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes, Cancellation);

        (await RunAsync(["verify", "--tiles", Tiles, .. key])).ShouldBe(ExitCode.CheckFailed);
        (await RunAsync(["verify", "--tiles", Tiles])).ShouldBe(ExitCode.Usage, "files prove nothing about themselves");
        (await RunAsync(["verify", "--tiles", Path.Combine(Tiles, "nowhere"), .. key])).ShouldBe(ExitCode.InvalidConfiguration);
        (await RunAsync(["verify", "--tiles", Tiles, "--data", Tiles, "--reason", "why", .. key])).ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task Files_OfAGatewayThatIsDown_AreVerifiedAndTheReadingIsRecorded()
    {
        var settings = RunningGateway.Prepare();
        string receipt;
        await using (var gateway = await RunningGateway.StartAsync(settings, TimeProvider.System))
        {
            receipt = await ReceiptAsync(gateway);
            (await RunAsync(["verify", "--data", settings.Data.Root, "--reason", "drill"])).ShouldBe(ExitCode.Refused);
        }

        string[] data = ["--data", settings.Data.Root, "--reason", "drill"];
        (await RunAsync(["verify", .. data])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["prove", receipt, "--out", Proof, .. data])).ShouldBe(ExitCode.Ok);
        (await RunAsync(["export", "--tiles", Tiles, .. data])).ShouldBe(ExitCode.Ok);
        Scalar(settings.Log, "SELECT count(*) FROM leaf WHERE CAST(bytes AS TEXT) LIKE '%log.break-glass%'").ShouldBe(3L);

        Scalar(settings.Log, "UPDATE leaf SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'7f' AS BLOB) WHERE id = 1");
        (await RunAsync(["verify", .. data])).ShouldBe(ExitCode.CheckFailed);

        // An entry in the place of one that was signed would destroy evidence.
        Scalar(settings.Log, "DELETE FROM leaf WHERE id > 0");
        (await RunAsync(["verify", .. data])).ShouldBe(ExitCode.CheckFailed);
        Scalar(settings.Log, "SELECT count(*) FROM leaf").ShouldBe(1L);
        Directory.Delete(settings.Data.Root, recursive: true);
    }

    private static async Task<string> ReceiptAsync(RunningGateway gateway)
    {
        var leaf = (await gateway.Services.GetRequiredService<ILogReader>().ReadAsync(0, 1, Cancellation))[0];
        return new ReceiptId(new Guid(Entry.Parser.ParseFrom(leaf.Bytes).Receipt.Span, bigEndian: true)).ToString();
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var parsed = LogCommand.Create().Parse(arguments);
            parsed.Errors.ShouldBeEmpty();
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Cancellation);
        }
        catch (CommandFailure failure)
        {
            return failure.ExitCode;
        }
    }

    private static object? Scalar(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
