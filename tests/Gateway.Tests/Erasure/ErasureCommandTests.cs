using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Tests.Running;

namespace Gateway.Tests.Erasure;

/// <summary>The commands as the privacy officer runs them: a process, its output and its exit code.</summary>
public sealed class ErasureCommandTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task HoldReleaseForget_OneAfterTheOther_SayWhatTheyDid()
    {
        await using var scene = await ErasureScene.StartAsync(_settings);
        await scene.ShipAsync();

        var (code, output, _) = await RunAsync(scene, "hold", "--reason", "claim 17");
        code.ShouldBe(0);
        output.ShouldStartWith("held; receipt ");

        (code, output, _) = await RunAsync(scene, "hold", "--reason", "claim 17");
        code.ShouldBe(0);
        output.ShouldStartWith("is held already since ");

        (code, output, var notes) = await RunAsync(scene, "forget", "--reason", "asked for");
        (code, output).ShouldBe((7, ""));
        notes.ShouldContain("by privacy-officer");

        (code, output, _) = await RunAsync(scene, "release", "--reason", "settled");
        code.ShouldBe(0);
        output.ShouldStartWith("released; receipt ");

        (code, output, notes) = await RunAsync(scene, "forget", "--dry-run");
        code.ShouldBe(0);
        output.ShouldContain("Northgate Fulfilment Ltd");
        output.ShouldContain("nothing was forgotten");
        notes.ShouldContain("1 recipients are to be told");

        (code, output, _) = await RunAsync(scene, "forget", "--reason", "asked for", "-o", "ndjson");
        code.ShouldBe(0);
        using var told = JsonDocument.Parse(output);
        told.RootElement.GetProperty("forgotten").GetBoolean().ShouldBeTrue();
        told.RootElement.GetProperty("recipients")[0].GetProperty("partner").GetString().ShouldBe("northgate-warehouse");
        told.RootElement.GetProperty("recipients")[0].GetProperty("deleteBy").GetString().ShouldNotBeEmpty();

        (code, output, notes) = await RunAsync(scene, "forget", "--reason", "asked for");
        (code, output).ShouldBe((4, ""));
        notes.ShouldContain("no key of this customer");
        notes.ShouldNotContain(scene.Customer);
    }

    [Fact]
    public async Task Forget_OfAnotherRoleOrWithoutAReason_IsRefused()
    {
        await using var scene = await ErasureScene.StartAsync(_settings);

        (await RunAsync(scene, "forget", "--reason", "x", "--as", "operator")).Code.ShouldBe(7);
        var (code, _, notes) = await RunAsync(scene, "forget");
        code.ShouldBe(2);
        notes.ShouldContain("--reason is needed");
    }

    private async Task<(int Code, string Output, string Notes)> RunAsync(ErasureScene scene, string verb, params string[] args)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "log", verb, scene.Customer, .. args, "--certs", _settings.Certificates.FullName,
                "--gateway", string.Create(CultureInfo.InvariantCulture, $"localhost:{scene.Gateway.Staff}"),
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var notes = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await notes);
    }
}
