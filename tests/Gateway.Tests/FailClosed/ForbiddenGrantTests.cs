using Gateway.Configuration;
using Gateway.Contracts;
using Gateway.Core.Contracts;
using Gateway.Demo.Shop;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.FailClosed;

/// <summary>What is never allowed, saved into the contracts of a gateway that serves.</summary>
public sealed class ForbiddenGrantTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly string _order = DemoShop.SampleOrder.OrderId;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    [Row("forbidden grant while running")]
    public async Task Reload_ForbiddenGrant_KeepsTheLastGoodContractsAndTakesTheStaff()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");
        var reloader = gateway.Services.GetRequiredService<ContractReloader>();
        var before = (await channel.GetShipment(_order)).Receipt.Scope.Revision;

        ContractFiles.Edit(_settings, "policy.yaml", t => t + "  - { categories: [user.contact.phone_number], because: we promised to tell nobody }\n");
        ContractFiles.Edit(_settings, "staff.yaml", t => t.Replace("id: privacy-officer", "id: somebody-else", StringComparison.Ordinal));
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(reloader.Status.Errors.Count > 1));

        var answer = await channel.GetShipment(_order);
        answer.Receipt.Scope.Revision.ShouldBe(before);
        answer.Shipment.PhoneNumber.ShouldNotBeEmpty();
        reloader.Status.Errors.ShouldContain(e => e.StartsWith("northgate-warehouse.yaml:", StringComparison.Ordinal)
            && e.Contains("never user.contact.phone_number (policy.yaml:", StringComparison.Ordinal));
        reloader.Status.Errors.ShouldContain(e => e.Contains("'privacy-officer' is not in staff.yaml", StringComparison.Ordinal));
        gateway.Services.GetRequiredService<StaffHolder>().Current.Members.ShouldNotContain(m => m.Id == "privacy-officer");
    }
}
