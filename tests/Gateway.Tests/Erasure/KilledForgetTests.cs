using System.Globalization;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Erasure;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Erasure;
using Gateway.Tests.Running;
using Grpc.Core;

namespace Gateway.Tests.Erasure;

/// <summary>
/// The gateway's process is killed while it forgets, again and again: the next start finds a forget that was never begun, or finishes it.
/// <c>GATEWAY_KILLS</c> says how often; 4 where it does not.
/// </summary>
public sealed class KilledForgetTests : IDisposable
{
    private static readonly int s_kills = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_KILLS") ?? "4", CultureInfo.InvariantCulture);

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Kill_WhileForgetting_IsNotBegunOrFinishedByTheNextStart()
    {
        string customer;
        await using (var scene = await ErasureScene.StartAsync(_settings))
        {
            customer = scene.Customer;
        }

        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var kill = 0; kill < s_kills; kill++)
        {
            bool answered;
            await using (var gateway = ServeProcess.Start(ServeProcess.Variables(_settings)))
            {
                await gateway.ListeningAsync();
                using var northgate = gateway.As(_settings, "northgate-warehouse");
                using var officer = gateway.AsStaff(_settings, "privacy-officer");
                await northgate.GetShipment(DemoShop.SampleOrder.OrderId);
                var client = new ErasureService.ErasureServiceClient(officer);
                // The first answer of a method takes its time; the one that is cut short does not.
                await client.ForgetSubjectAsync(new ForgetSubjectRequest { SubjectId = customer, DryRun = true }, cancellationToken: TestContext.Current.CancellationToken);
                var forgetting = client.ForgetSubjectAsync(
                    new ForgetSubjectRequest { SubjectId = customer, Reason = ErasureScene.Reason }, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync;
                await Task.Delay(random.Next(25), TestContext.Current.CancellationToken);
                await gateway.KillAsync();
                answered = await EndedWellAsync(forgetting);
            }

            await ShouldBeWholeAsync(answered, $"kill {kill + 1}, seed {seed}");
        }
    }

    private static async Task<bool> EndedWellAsync(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private async Task ShouldBeWholeAsync(bool answered, string which)
    {
        var entries = await LoggedEntries.ReadAsync(_settings.Log);
        var last = EntryPseudonyms.Of(entries.Last(e => !e.Subjects.IsEmpty).Subjects)[0];
        // The dry run was recorded under the same mark as the forget; nothing but the key tells whose it is.
        SubjectMark.TryParse(entries.Last(e => e.Administration?.Action == ErasureActs.Recipients).Administration.Target, out var mark).ShouldBeTrue();
        await using var scene = await ErasureScene.StartAsync(_settings);
        if (entries.Any(e => e.Administration?.Action == ErasureActs.Forget && e.Administration.Target == mark.ToString()))
        {
            await scene.ShouldBeUnlinkableAsync(last);
            new ForgottenFile(_settings.Data.Forgotten).Read().ShouldContain(mark, which);
        }
        else
        {
            answered.ShouldBeFalse(which);
            (await scene.PseudonymAsync()).ShouldBe(last, which);
        }

        foreach (var ended in entries.SelectMany(e => EntryPseudonyms.Of(e.Subjects)).Where(subject => subject != last).Distinct())
        {
            (await scene.IdentityAsync(ended)).ShouldBeNull(which);
        }
    }
}
