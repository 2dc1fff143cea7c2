using Gateway.Configuration;
using Gateway.Erasure;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Tests.Running;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Erasure;

/// <summary>Where the log's front is archived: holds go on, and a list of recipients says from when on it is whole.</summary>
public sealed class PrunedLogTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Prune_HoldCarriedOver_StillStandsAndOnesReleasedDoNotComeBack()
    {
        await using var scene = await ErasureScene.StartAsync(_settings);
        await scene.ShipAsync();
        await scene.HoldAsync();
        await scene.ReleaseAsync();
        var log = scene.Gateway.Services.GetRequiredService<SqliteDisclosureLog>();
        var eraser = scene.Gateway.Services.GetRequiredService<SubjectEraser>();
        (await eraser.CarryOverAsync(log.Head, Cancellation)).ShouldBe(0);
        await scene.HoldAsync();
        var head = log.Head;

        (await eraser.CarryOverAsync(head, Cancellation)).ShouldBe(1);

        (await eraser.CarryOverAsync(head, Cancellation)).ShouldBe(0, "it stands above the index already");
        var carried = (await scene.ActsAsync(ErasureActs.Hold))[^1];
        carried.Actor.ShouldBe("privacy-officer");
        carried.Target.ShouldBe((await scene.MarkAsync()).ToString());
        carried.Reason.ShouldContain("carried over");
        await PruneAsync(scene, head);
        (await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync())).StatusCode.ShouldBe(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task Prune_OfAForgetThatTheFileLacks_CompletesTheFileFirst()
    {
        await using var scene = await ErasureScene.StartAsync(_settings);
        await scene.ShipAsync();
        await scene.ForgetAsync();
        var kept = await File.ReadAllTextAsync(_settings.Data.Forgotten, Cancellation);
        kept.ShouldNotBeEmpty();
        File.Delete(_settings.Data.Forgotten);

        await scene.Gateway.Services.GetRequiredService<SubjectEraser>()
            .CarryOverAsync(scene.Gateway.Services.GetRequiredService<SqliteDisclosureLog>().Head, Cancellation);

        (await File.ReadAllTextAsync(_settings.Data.Forgotten, Cancellation)).ShouldBe(kept);
    }

    [Fact]
    public async Task Forget_LogBeginsLater_WarnsThatEarlierRecipientsAreInTheArchive()
    {
        await using var scene = await ErasureScene.StartAsync(_settings);
        await scene.ShipAsync();
        var head = scene.Gateway.Services.GetRequiredService<SqliteDisclosureLog>().Head;
        await scene.ForgetAsync(dryRun: true);
        await PruneAsync(scene, head);
        await scene.ChargeAsync("essential.service.payment_processing");

        (await scene.ForgetAsync(dryRun: true)).Warnings.ShouldHaveSingleItem().ShouldContain("archive");
        var forgotten = await scene.ForgetAsync();

        forgotten.Recipients.ShouldHaveSingleItem().Partner.ShouldBe("cedar-payments");
        forgotten.Warnings.ShouldHaveSingleItem().ShouldContain("archive");
    }

    private static async Task PruneAsync(ErasureScene scene, long minimum)
    {
        await scene.Gateway.Services.GetRequiredService<SqliteDisclosureLog>().PruneAsync(minimum);
        await scene.Gateway.Services.GetRequiredService<SqliteLogIndex>().PruneAsync(minimum, Cancellation);
        // The rows go little by little, between batches.
        await PartnerAsks.EventuallyAsync(async () =>
        {
            await scene.ForgetAsync(dryRun: true);
            return (await ErasureScene.FirstIndexAsync(scene.Gateway.Settings)) >= minimum;
        });
    }
}
