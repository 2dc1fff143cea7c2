using Gateway.Commands;
using Gateway.Tests.Running;
using Microsoft.Data.Sqlite;

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
        var receipt = await LogVerb.ReceiptAsync(gateway, 0);
        string[] staff = ["--certs", gateway.Settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}", "--as", "security-analyst"];
        string[] key = ["--key", gateway.Settings.Data.LogVerifierKeys];

        (await LogVerb.RunAsync(["prove", receipt, "--out", Proof, .. staff])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["export", "--tiles", Tiles, .. staff, .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify", .. staff, .. key, "--mirror", Tiles, "--since-checkpoint", Path.Combine(Tiles, "checkpoint")])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify", "-o", "json", .. staff])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["export", "--tiles", Tiles, .. staff])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify", "--tiles", Tiles, .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify-proof", Proof, .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify-proof", Proof, "-o", "ndjson", .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["prove", receipt, "--out", Proof, "--tiles", Tiles, .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify-proof", Proof, .. key])).ShouldBe(ExitCode.Ok);
    }

    [Fact]
    public async Task Proof_ThatProvesNothing_EndsInACheckThatFailed()
    {
        await using var gateway = await RunningGateway.StartAsync();
        string[] staff = ["--certs", gateway.Settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}", "--as", "security-analyst"];
        await LogVerb.RunAsync(["prove", await LogVerb.ReceiptAsync(gateway, 0), "--out", Proof, .. staff]);
        var other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        string[] key = ["--key", gateway.Settings.Data.LogVerifierKeys];

        (await LogVerb.RunAsync(["verify-proof", Proof, "--key", other])).ShouldBe(ExitCode.CheckFailed);
        (await LogVerb.RunAsync(["verify-proof", Proof, "--key", "nonsense"])).ShouldBe(ExitCode.Usage);
        var lines = await File.ReadAllLinesAsync(Proof, Cancellation);
        lines[2] = "index 1";
        await File.WriteAllTextAsync(Proof, string.Join('\n', lines) + "\n", Cancellation);
        (await LogVerb.RunAsync(["verify-proof", Proof, .. key])).ShouldBe(ExitCode.CheckFailed);
        (await LogVerb.RunAsync(["prove", Guid.CreateVersion7().ToString(), "--out", Proof, .. staff])).ShouldBe(ExitCode.CheckFailed);
        (await LogVerb.RunAsync(["prove", "no-receipt", "--out", Proof, .. staff])).ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task Export_ThatWasChanged_DoesNotVerify()
    {
        await using var gateway = await RunningGateway.StartAsync();
        string[] staff = ["--certs", gateway.Settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}", "--as", "security-analyst"];
        string[] key = ["--key", gateway.Settings.Data.LogVerifierKeys];
        await LogVerb.RunAsync(["export", "--tiles", Tiles, .. staff]);
        var bundle = Directory.EnumerateFiles(Path.Combine(Tiles, "tile", "entries"), "*", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(bundle, Cancellation);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes, Cancellation);

        (await LogVerb.RunAsync(["verify", "--tiles", Tiles, .. key])).ShouldBe(ExitCode.CheckFailed);
        (await LogVerb.RunAsync(["verify", "--tiles", Tiles])).ShouldBe(ExitCode.Usage, "files prove nothing about themselves");
        (await LogVerb.RunAsync(["verify", "--tiles", Path.Combine(Tiles, "nowhere"), .. key])).ShouldBe(ExitCode.InvalidConfiguration);
        (await LogVerb.RunAsync(["verify", "--tiles", Tiles, "--data", Tiles, "--reason", "why", .. key])).ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task Files_OfAGatewayThatIsDown_AreVerifiedAndTheReadingIsRecorded()
    {
        var settings = RunningGateway.Prepare();
        string receipt;
        await using (var gateway = await RunningGateway.StartAsync(settings, TimeProvider.System))
        {
            receipt = await LogVerb.ReceiptAsync(gateway, 0);
            (await LogVerb.RunAsync(["verify", "--data", settings.Data.Root, "--reason", "drill"])).ShouldBe(ExitCode.Refused);
        }

        string[] data = ["--data", settings.Data.Root, "--reason", "drill"];
        (await LogVerb.RunAsync(["verify", .. data])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["prove", receipt, "--out", Proof, .. data])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["export", "--tiles", Tiles, .. data])).ShouldBe(ExitCode.Ok);
        Scalar(settings.Log, "SELECT count(*) FROM leaf WHERE CAST(bytes AS TEXT) LIKE '%log.break-glass%'").ShouldBe(3L);

        Scalar(settings.Log, "UPDATE leaf SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'7f' AS BLOB) WHERE id = 1");
        (await LogVerb.RunAsync(["verify", .. data])).ShouldBe(ExitCode.CheckFailed);

        // An entry in the place of one that was signed would destroy evidence.
        Scalar(settings.Log, "DELETE FROM leaf WHERE id > 0");
        (await LogVerb.RunAsync(["verify", .. data])).ShouldBe(ExitCode.CheckFailed);
        Scalar(settings.Log, "SELECT count(*) FROM leaf").ShouldBe(1L);
        Directory.Delete(settings.Data.Root, recursive: true);
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
