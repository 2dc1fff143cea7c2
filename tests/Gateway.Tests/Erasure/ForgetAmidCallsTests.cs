using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Tests.Running;

namespace Gateway.Tests.Erasure;

public sealed class ForgetAmidCallsTests : IDisposable
{
    private const int Forgets = 25;

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Forget_AmidCallsForTheCustomer_FailsNoneAndLeavesNoEntryThatOldKeysLink()
    {
        ContractFiles.LiftRates(_settings);
        await using var scene = await ErasureScene.StartAsync(_settings);
        await scene.ShipAsync();
        var ended = new HashSet<Pseudonym>();
        using var enough = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            using var channel = scene.Gateway.As("northgate-warehouse");
            var reasons = new List<string?>();
            while (!enough.IsCancellationRequested)
            {
                reasons.Add(await PartnerAsks.ReasonAsync(channel.GetShipment(ErasureScene.Order)));
            }

            return reasons;
        })).ToArray();

        for (var i = 0; i < Forgets; i++)
        {
            await PartnerAsks.EventuallyAsync(async () => await scene.PseudonymAsync() is not null);
            ended.Add((await scene.PseudonymAsync())!.Value);
            (await scene.ForgetAsync()).Recipients.ShouldHaveSingleItem();
        }

        await enough.CancelAsync();
        var outcomes = (await Task.WhenAll(callers)).SelectMany(r => r).ToList();
        outcomes.Count.ShouldBeGreaterThan(Forgets);
        outcomes.ShouldAllBe(reason => reason == null);
        ended.Count.ShouldBe(Forgets);
        var last = await scene.PseudonymAsync();
        foreach (var subject in (await scene.EntriesAsync()).SelectMany(e => EntryPseudonyms.Of(e.Subjects)).Distinct())
        {
            (ended.Contains(subject) || subject == last).ShouldBeTrue();
            (await scene.IdentityAsync(subject)).ShouldBe(subject == last ? scene.Customer : null);
        }
    }
}
