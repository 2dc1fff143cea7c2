using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Erasure;
using Gateway.Stores.Erasure;
using Gateway.Stores.Tests;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Erasure;

/// <summary>Each part of a forget, broken: it is done, or it says that it is not, and the next start finishes what was recorded.</summary>
public sealed class BrokenForgetTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly CapturedLogs _logs = new();

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    [Row("log gone at a forget")]
    public async Task Forget_LogUnavailable_DestroysNothingAndSaysSo()
    {
        await using var scene = await StartAsync(_settings);
        await scene.ShipAsync();
        var subject = await scene.PseudonymAsync();
        File.Delete(_settings.Log);

        var refused = await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync());

        refused.StatusCode.ShouldBe(StatusCode.Unavailable);
        refused.Status.Detail.ShouldContain("no key was destroyed");
        (await scene.PseudonymAsync()).ShouldBe(subject);
        (await scene.IdentityAsync(subject!.Value)).ShouldBe(scene.Customer);
        File.Exists(_settings.Data.Forgotten).ShouldBeFalse();
    }

    [Fact]
    public async Task Forget_DiskOfTheLogFull_DestroysNothingAndWorksWhenThereIsSpace()
    {
        using var disk = new SmallDisk();
        await using var scene = await StartAsync(_settings with { Log = disk["log.db"] });
        await scene.ShipAsync();
        var subject = await scene.PseudonymAsync();
        disk.Fill();

        // An entry or two may find room; each is a reading that changes nothing.
        await PartnerAsks.EventuallyAsync(async () =>
        {
            try
            {
                await scene.ForgetAsync(dryRun: true);
                return false;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                return true;
            }
        });
        (await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync())).Status.Detail.ShouldContain("no key was destroyed");
        (await scene.PseudonymAsync()).ShouldBe(subject);

        disk.Free();
        await PartnerAsks.EventuallyAsync(async () =>
        {
            try
            {
                return (await scene.ForgetAsync()).Receipt.Length > 0;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                return false;
            }
        });
        await scene.ShouldBeUnlinkableAsync(subject!.Value);
    }

    [Fact]
    [Row("key store unavailable at a forget")]
    public async Task Forget_KeyStoreUnavailable_DoesNothingAndSaysSo()
    {
        var keys = new UnavailableKeys();
        await using var scene = await StartAsync(_settings, services => services.AddSingleton<ISubjectKeys>(keys));

        var refused = await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync());

        refused.StatusCode.ShouldBe(StatusCode.Unavailable);
        refused.Status.Detail.ShouldContain("nothing was done");
        (await scene.ActsAsync(ErasureActs.Forget)).ShouldBeEmpty();
    }

    [Fact]
    [Row("key store gone at a forget")]
    public async Task Forget_KeyStoreGone_SaysThatTheKeyIsNotDestroyedAndTheStartAfterItsReturnDestroysIt()
    {
        Pseudonym subject;
        var aside = _settings.Data.SubjectKeys + ".aside";
        await using (var scene = await StartAsync(_settings))
        {
            await scene.ShipAsync();
            subject = (await scene.PseudonymAsync())!.Value;
            // In its file, so that what is put back later holds it.
            Connected(_settings.Data.SubjectKeys, "PRAGMA wal_checkpoint(FULL)");
            File.Copy(_settings.Data.SubjectKeys, aside);
            File.Delete(_settings.Data.SubjectKeys);

            var refused = await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync());

            refused.StatusCode.ShouldBe(StatusCode.Unavailable);
            refused.Status.Detail.ShouldContain("NOT destroyed yet");
            _logs.Entries.ShouldContain(e => e.Id.Name == "ForgetNotFinished");
        }

        File.Move(aside, _settings.Data.SubjectKeys);
        await using (var scene = await StartAsync(_settings))
        {
            await scene.ShouldBeUnlinkableAsync(subject);
        }
    }

    [Fact]
    [Row("`forgotten` unwritable at a forget")]
    public async Task Forget_FileOfTheForgottenCannotBeWritten_ForgetsWarnsAndTheNextStartCompletesIt()
    {
        Pseudonym subject;
        SubjectMark mark;
        await using (var scene = await StartAsync(_settings))
        {
            await scene.ShipAsync();
            subject = (await scene.PseudonymAsync())!.Value;
            mark = (await scene.MarkAsync())!.Value;
            Directory.CreateDirectory(_settings.Data.Forgotten);

            var forgotten = await scene.ForgetAsync();

            forgotten.Warnings.ShouldHaveSingleItem().ShouldContain("the next start completes it");
            _logs.Entries.ShouldContain(e => e.Id.Name == "ForgottenNotKept");
            await scene.ShouldBeUnlinkableAsync(subject);
        }

        Directory.Delete(_settings.Data.Forgotten);
        await using (await StartAsync(_settings))
        {
            new ForgottenFile(_settings.Data.Forgotten).Read().ShouldBe([mark]);
        }
    }

    private static void Connected(string path, string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private Task<ErasureScene> StartAsync(GatewaySettings settings, Action<IServiceCollection>? more = null) => ErasureScene.StartAsync(
        settings, services =>
        {
            services.AddLogging(logging => logging.AddProvider(_logs));
            more?.Invoke(services);
        });

    private sealed class UnavailableKeys : ISubjectKeys
    {
        public ValueTask<SubjectKey> GetOrAddAsync(string subjectId) => throw new LogUnavailableException("a test");

        public ValueTask<SubjectKey?> FindAsync(string subjectId) => throw new LogUnavailableException("a test");
    }
}
