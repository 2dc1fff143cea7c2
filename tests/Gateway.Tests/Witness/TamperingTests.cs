using Gateway.Commands;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Verification;
using Gateway.Core.Log.Witnesses;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Stores.Sqlite.Witness;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Witness;

/// <summary>
/// The operator has the database, the files and the signing key. What it cannot have is what the witness remembers: truncation and
/// rewriting are refused there, kept as evidence, and found by a verification that starts from the witness's checkpoint.
/// </summary>
public sealed class TamperingTests
{
    [Fact]
    public async Task Log_CutOffAndSignedAgain_IsNotCosignedAndIsFound()
    {
        await using var scene = await CosignedSceneAsync();
        var witnessed = Witnessed(scene);
        TamperingOperator.CutOff(scene.Settings, 5);
        TamperingOperator.RemoveWhatTells(scene.Settings);

        await scene.StartGatewayAsync();

        await ContradictedAsync(scene, "rolled back");
        scene.Witnesses[0].Evidence.ShouldContain(e => e.StartsWith("smaller-", StringComparison.Ordinal));
        var report = await VerifyAsync(scene, witnessed);
        report.IsWhole.ShouldBeFalse();
        (report.Completeness.Holds && report.Integrity.Holds).ShouldBeFalse();

        // Grown beyond what was witnessed, it still does not go on from there.
        while ((await LoggedEntries.ReadAsync(scene.Settings.Log)).Count < witnessed.Head.Size + 3)
        {
            await scene.DiscloseAsync();
        }

        await PartnerAsks.EventuallyAsync(async () =>
            (await VerifyAsync(scene, witnessed)) is { Integrity.Holds: false } report && report.Checkpoint!.Head.Size > witnessed.Head.Size);
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(
            scene.Witnesses[0].Evidence.Any(e => e.StartsWith("notproven-", StringComparison.Ordinal) || e.StartsWith("fork-", StringComparison.Ordinal))));
        scene.Kept().ShouldBeNull("nothing was cosigned since");
    }

    [Fact]
    [Row("witness contradicts the log")]
    public async Task Log_RewrittenAndSignedAgain_IsNotCosignedAndIsFound()
    {
        await using var scene = await CosignedSceneAsync();
        var witnessed = Witnessed(scene);
        TamperingOperator.Rewrite(scene.Settings);
        TamperingOperator.RemoveWhatTells(scene.Settings);

        await scene.StartGatewayAsync();
        (await scene.DiscloseAsync()).ShouldBeNull("a witness that disagrees stops nobody where it is not required");

        await ContradictedAsync(scene, "rewritten");
        (await VerifyAsync(scene, witnessed)).Integrity.Holds.ShouldBeFalse();
        (await VerifyAsync(scene)).IsWhole.ShouldBeTrue("by itself the rewritten log is flawless: only the witness knows");
        EvidenceIsTheLogsOwnWord(scene);
    }

    [Fact]
    [Row("required witness contradicts the log")]
    public async Task Log_RewrittenUnderARequiredWitness_DisclosesNothing()
    {
        await using var scene = await CosignedSceneAsync(required: TimeSpan.FromMinutes(10));
        TamperingOperator.Rewrite(scene.Settings);
        TamperingOperator.RemoveWhatTells(scene.Settings);

        await scene.StartGatewayAsync();

        await ContradictedAsync(scene, "rewritten");
        (await scene.DiscloseAsync()).ShouldBe("LOG_UNAVAILABLE");
        (await scene.ReadyAsync()).Status.ShouldBe(503);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Row("witnessed log changed at start")]
    public async Task Log_ChangedWhereCosignedCheckpointsAreKept_DoesNotStart(bool cutOff)
    {
        await using var scene = await CosignedSceneAsync();
        if (cutOff)
        {
            TamperingOperator.CutOff(scene.Settings, 5);
        }
        else
        {
            TamperingOperator.Rewrite(scene.Settings);
        }

        TamperingOperator.RemoveWhatTells(scene.Settings, alsoCosigned: false);

        var refused = await Should.ThrowAsync<CommandFailure>(() => scene.StartGatewayAsync());

        refused.ExitCode.ShouldBe(ExitCode.InvalidConfiguration);
        refused.Message.ShouldContain(scene.Settings.Data.Cosigned);
    }

    /// <summary>A gateway with entries that its witness cosigned to the last one; stopped.</summary>
    private static async Task<WitnessedGateway> CosignedSceneAsync(TimeSpan? required = null)
    {
        var scene = new WitnessedGateway();
        await scene.StartAsync(required: required);
        await PartnerAsks.EventuallyAsync(async () => await scene.DiscloseAsync() is null);
        for (var i = 0; i < 6; i++)
        {
            await scene.DiscloseAsync();
        }

        await scene.CosignedAsync();
        await scene.StopGatewayAsync();
        return scene;
    }

    /// <summary>What the auditor holds: read at the witness, not at the gateway.</summary>
    private static Checkpoint Witnessed(WitnessedGateway scene)
    {
        var memory = WitnessFile.Read(scene.Witnesses[0].Folder.Memory, TimeProvider.System);
        memory.Signer.Dispose();
        return Checkpoint.Verified(memory.Cosigned[scene.Settings.LogOrigin!], [scene.Witnesses[0].Key])!;
    }

    private static async Task ContradictedAsync(WitnessedGateway scene, string how)
    {
        await PartnerAsks.EventuallyAsync(async () =>
            (await scene.ReadyAsync()).Text is var text && text.Contains("contradicts the log", StringComparison.Ordinal) && text.Contains(how, StringComparison.Ordinal));
        scene.Lines.Entries.ShouldContain(l => l.Id.Name == "WitnessContradicts" && l.Level == LogLevel.Critical);
        scene.WitnessLines.Entries.ShouldContain(l => l.Id.Name == "SuspiciousCheckpoint" && l.Level == LogLevel.Critical);
    }

    private static async Task<LogReport> VerifyAsync(WitnessedGateway scene, params Checkpoint[] since) =>
        await new LogVerification(
            scene.Gateway.Services.GetRequiredService<StoreTiledLog>(), new LogTrust(scene.Gateway.Services.GetRequiredService<LogIdentity>().Verifiers))
        {
            Since = since,
        }.VerifyAsync(TestContext.Current.CancellationToken);

    private static void EvidenceIsTheLogsOwnWord(WitnessedGateway scene)
    {
        var keys = scene.Gateway.Services.GetRequiredService<LogIdentity>().Verifiers;
        var folder = Path.Combine(scene.Witnesses[0].Folder.Evidence, scene.Witnesses[0].Evidence[0]);
        SignedNote.TryParse(File.ReadAllBytes(Path.Combine(folder, "cosigned")), out var cosigned).ShouldBeTrue();
        Checkpoint.Verified(cosigned, keys).ShouldNotBeNull();
        var request = File.ReadAllBytes(Path.Combine(folder, "submitted"));
        AddCheckpoint.TryParse(request, out var submitted).ShouldBeTrue();
        Checkpoint.Verified(submitted.Note, keys).ShouldNotBeNull();
    }
}
