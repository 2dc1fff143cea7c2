using Gateway.Configuration;
using Gateway.Erasure;
using Gateway.Protos.Admin.V1;
using Gateway.Tests.Running;
using Grpc.Core;

namespace Gateway.Tests.Erasure;

public sealed class HoldTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Forget_Held_IsRefusedAlsoAfterARestartUntilReleased()
    {
        string receipt;
        await using (var scene = await ErasureScene.StartAsync(_settings))
        {
            await scene.ShipAsync();
            var held = await scene.HoldAsync();
            held.Changed.ShouldBeTrue();
            held.Hold.By.ShouldBe("privacy-officer");
            receipt = held.Hold.Receipt;
            await ShouldBeHeldAsync(scene, receipt);
        }

        await using (var scene = await ErasureScene.StartAsync(_settings))
        {
            await ShouldBeHeldAsync(scene, receipt);
            (await scene.ReleaseAsync()).Changed.ShouldBeTrue();

            (await scene.ForgetAsync()).Recipients.ShouldHaveSingleItem();

            (await scene.PseudonymAsync()).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Hold_HeldAlready_ChangesNothingAndSaysSinceWhen()
    {
        await using var scene = await ErasureScene.StartAsync(_settings);
        await scene.ShipAsync();
        (await scene.ReleaseAsync()).Changed.ShouldBeFalse();
        var first = await scene.HoldAsync();

        var second = await scene.HoldAsync();

        second.Changed.ShouldBeFalse();
        second.Hold.ShouldBe(first.Hold);
        (await scene.ReleaseAsync()).Changed.ShouldBeTrue();
        (await scene.ReleaseAsync()).Changed.ShouldBeFalse();
        (await scene.HoldAsync()).Changed.ShouldBeTrue();
        var mark = (await scene.MarkAsync()).ToString();
        (await scene.ActsAsync(ErasureActs.Hold)).Select(a => a.Target).ShouldBe([mark, mark]);
        (await scene.ActsAsync(ErasureActs.Release)).Select(a => a.Target).ShouldBe([mark]);
    }

    [Fact]
    public async Task HoldAndRelease_UnknownCustomer_AreNotFound()
    {
        await using var scene = await ErasureScene.StartAsync(_settings);

        (await Should.ThrowAsync<RpcException>(() => scene.HoldAsync())).StatusCode.ShouldBe(StatusCode.NotFound);
        (await Should.ThrowAsync<RpcException>(() => scene.ReleaseAsync())).StatusCode.ShouldBe(StatusCode.NotFound);
    }

    private static async Task ShouldBeHeldAsync(ErasureScene scene, string receipt)
    {
        var refused = await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync());
        refused.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        refused.Status.Detail.ShouldContain(receipt);
        refused.Status.Detail.ShouldContain("by privacy-officer");
        refused.Status.Detail.ShouldNotContain("claim");
        (await scene.CountAsync(new EntryFilter { SubjectId = scene.Customer })).ShouldBe(1);
        (await scene.ActsAsync(ErasureActs.Forget)).ShouldBeEmpty();
        (await scene.ActsAsync(ErasureActs.ForgetRefused)).ShouldNotBeEmpty();
    }
}
