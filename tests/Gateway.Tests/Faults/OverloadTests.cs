using Gateway.Configuration;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Faults;

/// <summary>More calls than the log's queue takes: those over it are shed before anything is appended, with a hint when to retry.</summary>
public sealed class OverloadTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    [Row("overload")]
    public async Task Get_QueueFull_IsShedWithARetryHintAndNothingOfItIsAppended()
    {
        ContractFiles.LiftRates(_settings);
        var orders = ShopViews.OpenOrders(_settings, 50);
        var (answered, shed) = (new List<string>(), 0);
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System, services => services.AddSingleton(_ =>
            SqliteDisclosureLog.Open(_settings.Log, new SqliteLogOptions { QueueLeaves = 1 }, NullLogger<SqliteDisclosureLog>.Instance))))
        {
            using var channel = gateway.As("northgate-warehouse");
            // One waits while one is synced; of fifty at once some find no place.
            await PartnerAsks.EventuallyAsync(async () =>
            {
                foreach (var outcome in await Task.WhenAll(orders.Select(order => AskAsync(channel.GetShipment(order)))))
                {
                    if (outcome is null)
                    {
                        shed++;
                    }
                    else
                    {
                        answered.Add(outcome);
                    }
                }

                return shed >= 20;
            });
        }

        var entries = await LoggedEntries.ReadAsync(_settings.Log);
        entries.Where(e => e.Kind == Kind.Disclosure).Select(e => e.Id()).ShouldBe(answered, ignoreOrder: true);
        // Afterwards, and all of a second in one.
        var refusals = entries.Where(e => e.Kind == Kind.Refusal).ToList();
        refusals.ShouldAllBe(e => e.Refusal == "LOG_UNAVAILABLE" && e.Records.IsEmpty);
        refusals.Sum(e => Math.Max(1, (int)e.Count)).ShouldBe(shed);
    }

    // The receipt's id; null where it was shed.
    private static async Task<string?> AskAsync(AsyncUnaryCall<Protos.Fulfilment.V1.GetShipmentResponse> call)
    {
        try
        {
            return (await call).Receipt.Id;
        }
        catch (RpcException e)
        {
            e.Reason().ShouldBe("LOG_UNAVAILABLE");
            e.StatusCode.ShouldBe(StatusCode.Unavailable);
            e.Receipt().ShouldBeNull();
            e.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan().ShouldBeGreaterThan(TimeSpan.Zero);
            return null;
        }
    }
}
