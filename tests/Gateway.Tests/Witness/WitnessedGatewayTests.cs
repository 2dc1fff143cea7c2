using Gateway.Commands;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Tests.FailClosed;
using Gateway.Tests.LogTree;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Witness;

/// <summary>A gateway with witnesses: up, down, back, required.</summary>
public sealed class WitnessedGatewayTests
{
    [Fact]
    public async Task Witnesses_BothUp_CosignTheSameCheckpoints()
    {
        await using var scene = new WitnessedGateway();
        await scene.StartAsync(witnesses: 2);
        (await scene.DiscloseAsync()).ShouldBeNull();
        await scene.CosignedAsync(0);
        await scene.CosignedAsync(1);

        var tree = scene.Gateway.Services.GetRequiredService<SqliteTree>();
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(
            tree.Cosigned!.VerifiedBy([.. scene.Witnesses.Select(w => w.Key), .. scene.Gateway.Services.GetRequiredService<LogIdentity>().Verifiers]).Count == 3));

        var served = await scene.Gateway.Services.GetRequiredService<StoreTiledLog>().ReadAsync(TiledResource.Checkpoint, TestContext.Current.CancellationToken);
        SignedNote.TryParse(served, out var note).ShouldBeTrue();
        note.VerifiedBy([.. scene.Witnesses.Select(w => w.Key)]).Count.ShouldBe(2, "the checkpoint that is served carries what witnesses put to it");
        var (status, text) = await scene.ReadyAsync();
        status.ShouldBe(200);
        text.ShouldContain("auditor.example/w0");
        scene.Lines.Entries.ShouldNotContain(l => l.Level >= LogLevel.Warning && l.Id.Id >= 1380 && l.Id.Id < 1390);
        scene.Witnesses.ShouldAllBe(w => w.Evidence.Length == 0);
    }

    [Fact]
    public async Task Verify_WithAWitness_WaitsForACheckpointThatItCosigned()
    {
        await using var scene = new WitnessedGateway();
        await scene.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            // Each reading is an entry itself, so that the next run meets a checkpoint that nobody cosigned yet.
            (await scene.DiscloseAsync()).ShouldBeNull();
            (await VerifyAsync(scene)).ExitCode.ShouldBe(ExitCode.Ok);
        }

        await scene.StopWitnessAsync();
        (await scene.DiscloseAsync()).ShouldBeNull();
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(scene.Feed.Latest!.Checkpoint.Head.Size > scene.Kept()!.Checkpoint.Head.Size));
        var (code, data) = await VerifyAsync(scene);
        code.ShouldBe(ExitCode.CheckFailed);
        data.ShouldContain("has not cosigned");
    }

    [Fact]
    public async Task Witness_ThatIsDown_StopsNobodyAndCatchesUpWhenItIsBack()
    {
        await using var scene = new WitnessedGateway();
        await scene.StartAsync(witnesses: 2);
        await scene.CosignedAsync(0);
        await scene.StopWitnessAsync(0);
        var before = scene.Kept(0)!.Checkpoint.Head.Size;

        (await scene.DiscloseAsync()).ShouldBeNull();
        await scene.CosignedAsync(1);
        await PartnerAsks.EventuallyAsync(async () => (await scene.ReadyAsync()).Text.Contains("cannot be reached", StringComparison.Ordinal));
        var (status, text) = await scene.ReadyAsync();

        status.ShouldBe(200);
        text.ShouldContain("Degraded");
        scene.Kept(0)!.Checkpoint.Head.Size.ShouldBe(before);
        scene.Lines.Entries.Count(l => l.Id.Name == "WitnessFailed").ShouldBe(1);

        await scene.StartWitnessAsync(0);
        await scene.CosignedAsync(0);
        scene.Lines.Entries.ShouldContain(l => l.Id.Name == "WitnessRecovered");
        scene.Witnesses[0].Evidence.ShouldBeEmpty();
    }

    [Fact]
    public async Task Gateway_RestartedWhileItsWitnessIsUp_GoesOn()
    {
        await using var scene = new WitnessedGateway();
        await scene.StartAsync();
        await scene.DiscloseAsync();
        await scene.CosignedAsync();
        await scene.StopGatewayAsync();

        await scene.StartGatewayAsync();
        await scene.DiscloseAsync();
        await scene.CosignedAsync();

        scene.Witnesses[0].Evidence.ShouldBeEmpty();
        scene.Lines.Entries.ShouldNotContain(l => l.Id.Name == "WitnessContradicts" || l.Id.Name == "WitnessWentBack");
    }

    [Fact]
    public async Task Required_WithoutAnyWitness_NothingIsDisclosedUntilOneCosigns()
    {
        await using var scene = new WitnessedGateway();
        await scene.StartAsync(required: TimeSpan.FromMinutes(10));
        await scene.StopWitnessAsync();
        await PartnerAsks.EventuallyAsync(async () => await scene.DiscloseAsync() is null or "LOG_UNAVAILABLE");
        await scene.StopGatewayAsync();
        Directory.Delete(scene.Settings.Data.Cosigned, recursive: true);
        await scene.StartGatewayAsync();

        (await scene.DiscloseAsync()).ShouldBe("LOG_UNAVAILABLE");
        var (status, text) = await scene.ReadyAsync();
        status.ShouldBe(503);
        text.ShouldContain("no witness has cosigned");

        await scene.StartWitnessAsync();
        await PartnerAsks.EventuallyAsync(async () => await scene.DiscloseAsync() is null);
        await PartnerAsks.EventuallyAsync(async () => (await scene.ReadyAsync()).Status == 200);
    }

    [Fact]
    [Row("required witness down")]
    public async Task Required_AWitnessDownForLongerThanItsLag_NothingIsDisclosed()
    {
        await using var scene = new WitnessedGateway();
        await scene.StartAsync(required: TimeSpan.FromMinutes(10));
        await PartnerAsks.EventuallyAsync(async () => await scene.DiscloseAsync() is null);
        await scene.CosignedAsync();
        await scene.StopWitnessAsync();

        (await scene.DiscloseAsync()).ShouldBeNull("the lag is not over");
        scene.Clock.PutForward(TimeSpan.FromMinutes(11));
        await PartnerAsks.EventuallyAsync(async () => await scene.DiscloseAsync() == "LOG_UNAVAILABLE");
        (await scene.ReadyAsync()).Status.ShouldBe(503);

        await scene.StartWitnessAsync();
        await PartnerAsks.EventuallyAsync(async () => await scene.DiscloseAsync() is null);
    }

    private static async Task<(int ExitCode, string Data)> VerifyAsync(WitnessedGateway scene)
    {
        var (code, data, _) = await GatewayCommand.RunAsync(
            "log", "verify", "--key", scene.Settings.Data.LogVerifierKeys, "--witness", scene.Witnesses[0].Key.ToString(),
            "--certs", scene.Settings.Certificates.FullName, "--gateway", $"localhost:{scene.Gateway.Staff}");
        return (code, data);
    }
}
