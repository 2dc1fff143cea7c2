using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Tests.Running;

namespace Gateway.Tests.LogTree;

/// <summary>A log that a setting puts elsewhere is found there by the commands that open files.</summary>
public sealed class LogElsewhereTests : IDisposable
{
    private readonly DirectoryInfo _elsewhere = Directory.CreateTempSubdirectory("gateway-log-");
    private readonly GatewaySettings _settings;

    public LogElsewhereTests() => _settings = RunningGateway.Prepare() with { Log = Path.Combine(_elsewhere.FullName, "disclosures.db") };

    public void Dispose()
    {
        Directory.Delete(_settings.Data.Root, recursive: true);
        _elsewhere.Delete(recursive: true);
    }

    [Fact]
    public async Task BreakGlass_OnALogElsewhere_GoesByTheSetting()
    {
        await using (await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
        }

        string[] verify = ["log", "verify", "--data", _settings.Data.Root, "--reason", "drill"];
        var (found, _, notes) = await GatewayCommand.RunAsync(("Gateway__Log__ConnectionString", $"Data Source={_settings.Log}"), verify);
        var (missing, _, _) = await GatewayCommand.RunAsync(verify);
        var (added, _, _) = await GatewayCommand.RunAsync(
            ("Gateway__Log__ConnectionString", $"Data Source={_settings.Log}"), "log", "key", "add", "--data", _settings.Data.Root, "--reason", "drill");

        found.ShouldBe(ExitCode.Ok, notes);
        missing.ShouldNotBe(ExitCode.Ok);
        added.ShouldBe(ExitCode.Ok);
    }
}
