using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Verification;
using Gateway.Hosting;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Tiles;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.LogTree;

public sealed class LogMirrorTests : IDisposable
{
    private readonly DirectoryInfo _mirror = Directory.CreateTempSubdirectory("gateway-mirror-");
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_settings.Data.Root, recursive: true);
        if (Directory.Exists(_mirror.FullName))
        {
            _mirror.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Mirror_OfARunningGateway_FollowsAndHoldsAllWhenItStops()
    {
        LogTrust trust;
        long head;
        await using (var gateway = await StartAsync())
        {
            trust = new LogTrust(gateway.Services.GetRequiredService<LogIdentity>().Verifiers);
            await PartnerAsks.EventuallyAsync(() => Task.FromResult(File.Exists(Path.Combine(_mirror.FullName, "checkpoint"))));
            await RecordAsync(gateway);
            head = await gateway.Services.GetRequiredService<ILogReader>().GetHeadAsync(Cancellation);
            await PartnerAsks.EventuallyAsync(async () => (await VerifyAsync(trust)).Checkpoint!.Head.Size >= head);
            await RecordAsync(gateway);
            head++;
        }

        var report = await VerifyAsync(trust);
        report.IsWhole.ShouldBeTrue();
        report.Checkpoint!.Head.Size.ShouldBeGreaterThanOrEqualTo(head);
    }

    [Fact]
    [Row("second place ahead at start")]
    public async Task Mirror_AheadOfADataFolderThatWasPutBackAsAWhole_RefusesTheStart()
    {
        var backup = Directory.CreateTempSubdirectory("gateway-backup-");
        try
        {
            await using (await StartAsync())
            {
            }

            Copy(_settings.Data.Root, backup.FullName);
            await using (var gateway = await StartAsync())
            {
                await RecordAsync(gateway);
            }

            Directory.Delete(_settings.Data.Root, recursive: true);
            Copy(backup.FullName, _settings.Data.Root);

            var refused = await Should.ThrowAsync<CommandFailure>(async () => await (await StartAsync()).DisposeAsync());

            refused.ExitCode.ShouldBe(ExitCode.InvalidConfiguration);
            refused.Message.ShouldContain("second place");
            refused.Message.ShouldContain("are missing");
            refused.Message.ShouldContain("gateway log recover");
        }
        finally
        {
            backup.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Mirror_ThatIsGone_IsToldAndStopsNobody()
    {
        await using var gateway = await StartAsync();
        var mirror = gateway.Services.GetRequiredService<LogMirror>();
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(File.Exists(Path.Combine(_mirror.FullName, "checkpoint"))));
        _mirror.Delete(recursive: true);

        await PartnerAsks.EventuallyAsync(() => Task.FromResult(mirror.Trouble is not null));
        await RecordAsync(gateway);
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(mirror.Lag > 0 && mirror.Age > TimeSpan.Zero));

        mirror.Trouble.ShouldNotBeNull().ShouldContain("is its volume mounted");
        Directory.Exists(_mirror.FullName).ShouldBeFalse();
    }

    [Theory]
    [InlineData("nowhere", "there is no folder")]
    [InlineData("data/mirror", "lies in the data folder")]
    public void Setting_OfAFolderThatCannotBeASecondPlace_IsRefused(string place, string why)
    {
        var data = Directory.CreateDirectory(Path.Combine(_mirror.FullName, "data"));
        Directory.CreateDirectory(Path.Combine(data.FullName, "mirror"));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Gateway:Data"] = data.FullName,
            ["Gateway:Log:Mirror"] = Path.Combine(_mirror.FullName, place),
        }).Build();

        Should.Throw<InvalidSettingsException>(() => SettingsReader.Read(configuration)).Errors
            .ShouldContain(e => e.StartsWith("Gateway__Log__Mirror", StringComparison.Ordinal) && e.Contains(why, StringComparison.Ordinal));
    }

    private Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(_settings with { LogMirror = _mirror }, TimeProvider.System);

    private ValueTask<LogReport> VerifyAsync(LogTrust trust) => new LogVerification(new FolderTiledLog(_mirror.FullName), trust).VerifyAsync(Cancellation);

    private static async Task RecordAsync(RunningGateway gateway) => await gateway.Services.GetRequiredService<AdministrationLog>().RecordAsync(
        new Entry.Types.Administration { Actor = "operator", Action = "test" });

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var place = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place, overwrite: true);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(place, File.GetUnixFileMode(file));
            }
        }
    }
}
