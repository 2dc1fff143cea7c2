using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Erasure;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Erasure;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Erasure;

/// <summary>A forget outlives every restore of the keys.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly CapturedLogs _logs = new();
    private readonly DirectoryInfo _backup = Directory.CreateTempSubdirectory("gateway-backup-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
        _backup.Delete(recursive: true);
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("keys, index")]
    [InlineData("keys, no index")]
    [InlineData("keys, broken index")]
    [InlineData("keys, no file of the forgotten")]
    [InlineData("keys, no index, no file of the forgotten")]
    [Row("keys from a backup at start")]
    public async Task Start_KeysFromABackupBeforeTheForget_ForgetsAgain(string restored)
    {
        Pseudonym old;
        SubjectMark mark;
        await using (var scene = await StartAsync())
        {
            await scene.ShipAsync();
            old = (await scene.PseudonymAsync())!.Value;
            mark = (await scene.MarkAsync())!.Value;
        }

        Copy(_settings.Data.Root, _backup.FullName);
        await using (var scene = await StartAsync())
        {
            await scene.ForgetAsync();
        }

        Restore(restored);
        await using (var scene = await StartAsync())
        {
            await scene.ShouldBeUnlinkableAsync(old);
            (await scene.ActsAsync(ErasureActs.ForgetReplayed)).ShouldHaveSingleItem().Target.ShouldBe("1 keys");
            _logs.Entries.Count(e => e.Id.Name == "ForgetsReplayed").ShouldBe(1);
            new ForgottenFile(_settings.Data.Forgotten).Read().ShouldBe([mark]);
            await scene.ShipAsync();
            await scene.ShouldHaveOneEntryUnderAnotherPseudonymAsync(old);
        }

        // Done once: the next start finds nothing to do, and leaves the new key alone.
        await using (var scene = await StartAsync())
        {
            (await scene.ActsAsync(ErasureActs.ForgetReplayed)).Count.ShouldBe(1);
            await scene.ShouldHaveOneEntryUnderAnotherPseudonymAsync(old);
        }
    }

    [Fact]
    public async Task Start_ForgetRecordedAndNoMore_IsFinished()
    {
        Pseudonym old;
        SubjectMark mark;
        await using (var scene = await StartAsync())
        {
            await scene.ShipAsync();
            old = (await scene.PseudonymAsync())!.Value;
            mark = (await scene.MarkAsync())!.Value;
            // As a process leaves it that is killed once the entry is durable.
            await scene.Gateway.Services.GetRequiredService<AdministrationLog>().RecordAsync(
                new Entry.Types.Administration { Actor = "privacy-officer", Action = ErasureActs.Forget, Target = mark.ToString() });
        }

        await using (var scene = await StartAsync())
        {
            await scene.ShouldBeUnlinkableAsync(old);
            new ForgottenFile(_settings.Data.Forgotten).Read().ShouldBe([mark]);
        }
    }

    [Fact]
    public async Task Start_LogLostTheForget_TheFileOfTheForgottenStillForgets()
    {
        Pseudonym old;
        SubjectMark mark;
        await using (var scene = await StartAsync())
        {
            await scene.ShipAsync();
            old = (await scene.PseudonymAsync())!.Value;
            mark = (await scene.MarkAsync())!.Value;
        }

        await File.WriteAllTextAsync(_settings.Data.Forgotten, $"{mark}\n{mark.ToString()[..7]}", Cancellation);
        await using (var scene = await StartAsync())
        {
            await scene.ShouldBeUnlinkableAsync(old);
            await scene.ShipAsync();
            await scene.ForgetAsync();
        }

        // What was torn is gone, and the next line stands where it should.
        new ForgottenFile(_settings.Data.Forgotten).Read().Count.ShouldBe(2);
    }

    [Fact]
    [Row("`forgotten` damaged at start")]
    public async Task Start_FileOfTheForgottenDamaged_IsRefused()
    {
        await File.WriteAllTextAsync(_settings.Data.Forgotten, "this is no mark but as long as 1\n", Cancellation);

        var refused = await Should.ThrowAsync<CommandFailure>(StartAsync);

        refused.ExitCode.ShouldBe(ExitCode.InvalidConfiguration);
        refused.Message.ShouldContain("forgotten is damaged");
    }

    [Fact]
    public async Task Start_EveryCustomerForgotten_IsNoLostStore()
    {
        await using (var scene = await StartAsync())
        {
            await scene.ShipAsync();
            await scene.ForgetAsync();
        }

        await using (var scene = await StartAsync())
        {
            await scene.ShipAsync();
        }

        File.Delete(_settings.Data.SubjectKeys);
        (await Should.ThrowAsync<CommandFailure>(StartAsync)).Message.ShouldContain("is missing");
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)), overwrite: true);
        }
    }

    private void Restore(string what)
    {
        var keys = Path.GetDirectoryName(_settings.Data.SubjectKeys)!;
        Directory.Delete(keys, recursive: true);
        Directory.CreateDirectory(keys);
        Copy(Path.Combine(_backup.FullName, Path.GetFileName(keys)), keys);
        foreach (var part in what.Split(", ").Skip(1))
        {
            switch (part)
            {
                case "index":
                    File.Copy(Path.Combine(_backup.FullName, Path.GetFileName(_settings.Data.LogIndex)), _settings.Data.LogIndex, overwrite: true);
                    break;
                case "no index":
                    File.Delete(_settings.Data.LogIndex);
                    break;
                case "broken index":
                    File.WriteAllText(_settings.Data.LogIndex, "no database");
                    break;
                case "no file of the forgotten":
                    File.Delete(_settings.Data.Forgotten);
                    break;
                default:
                    throw new ArgumentException(part, nameof(what));
            }
        }
    }

    private Task<ErasureScene> StartAsync() => ErasureScene.StartAsync(
        _settings, services => services.AddLogging(logging => logging.AddProvider(_logs)));
}
