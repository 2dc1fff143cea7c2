using Gateway.Configuration;
using Gateway.Erasure;
using Gateway.Protos.Admin.V1;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Erasure;

public sealed class ForgetTests : IDisposable
{
    private const string Payment = "essential.service.payment_processing";
    private const string Fraud = "essential.fraud_detection";

    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly CapturedLogs _logs = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task Forget_CustomerOfTwoPartners_TellsWhomAndUnlinksEveryEntry()
    {
        await using var scene = await StartAsync();
        await scene.ShipAsync();
        await scene.ShipAsync();
        await scene.ChargeAsync(Payment);
        await scene.ChargeAsync(Fraud);
        var old = (await scene.PseudonymAsync())!.Value;
        var mark = (await scene.MarkAsync())!.Value;
        (await scene.IdentityAsync(old)).ShouldBe(scene.Customer);
        (await scene.CountAsync(new EntryFilter { SubjectId = scene.Customer })).ShouldBe(4);
        (await scene.CountAsync(new EntryFilter { Lookup = $"Shipment/{ErasureScene.Order}" })).ShouldBe(2);
        var before = await ErasureScene.LeavesAsync(_settings);

        var forgotten = await scene.ForgetAsync();

        forgotten.Warnings.ShouldBeEmpty();
        forgotten.Recipients.Select(r => (r.Partner, r.Name, r.PrivacyContact, r.Disclosures, r.Records)).ShouldBe(
        [
            ("cedar-payments", "Cedar Payments Inc", "privacy@cedar.example", 2, 1),
            ("northgate-warehouse", "Northgate Fulfilment Ltd", "dpo@northgate.example", 2, 1),
        ]);
        forgotten.Recipients[0].Purposes.ShouldBe([Fraud, Payment]);
        forgotten.Recipients[0].DeleteBy.ToDateTimeOffset().ShouldBeGreaterThan(forgotten.Recipients[0].Last.ToDateTimeOffset().AddDays(29));
        forgotten.Recipients[1].First.ShouldBeLessThanOrEqualTo(forgotten.Recipients[1].Last);
        forgotten.Recipients[1].DeleteBy.ToDateTimeOffset().ShouldBe(forgotten.Recipients[1].Last.ToDateTimeOffset().AddDays(30));
        await scene.ShouldBeUnlinkableAsync(old);
        var act = (await scene.ActsAsync(ErasureActs.Forget)).ShouldHaveSingleItem();
        (act.Actor, act.Target, act.Reason).ShouldBe(("privacy-officer", mark.ToString(), ErasureScene.Reason));
        act.Recipients.ShouldBe(["cedar-payments", "northgate-warehouse"]);
        (await scene.EntriesAsync()).Single(e => e.Id() == forgotten.Receipt).Administration.ShouldBe(act);
        (await File.ReadAllTextAsync(_settings.Data.Forgotten, Cancellation)).ShouldBe($"{mark}\n");

        // What is proven of the log stays proven: not a byte of it was touched.
        var after = await ErasureScene.LeavesAsync(_settings);
        after.Take(before.Count).Select(Convert.ToHexString).ShouldBe(before.Select(Convert.ToHexString));
    }

    [Fact]
    public async Task Forget_CustomerReturns_HasANewKeyThatLinksToNothingOld()
    {
        await using var scene = await StartAsync();
        await scene.ShipAsync();
        var old = (await scene.PseudonymAsync())!.Value;
        await scene.ForgetAsync();

        await scene.ShipAsync();

        var returned = (await scene.PseudonymAsync())!.Value;
        returned.ShouldNotBe(old);
        (await scene.IdentityAsync(returned)).ShouldBe(scene.Customer);
        (await scene.CountAsync(new EntryFilter { SubjectId = scene.Customer })).ShouldBe(1);
        (await scene.CountAsync(new EntryFilter { Lookup = $"Shipment/{ErasureScene.Order}" })).ShouldBe(1);
        (await scene.ForgetAsync()).Recipients.ShouldHaveSingleItem().Disclosures.ShouldBe(1);
    }

    [Fact]
    public async Task Forget_Acts_NameTheCustomerNowhere()
    {
        await using (var scene = await StartAsync())
        {
            // One that is in no other text by chance.
            ShopViews.Execute(_settings, "PRAGMA foreign_keys = OFF; UPDATE customers SET customer_id = 'canary-4711-q' WHERE customer_id = '" + scene.Customer
                + "'; UPDATE orders SET customer_id = 'canary-4711-q' WHERE customer_id = '" + scene.Customer + "'");
        }

        await using (var scene = await StartAsync())
        {
            scene.Customer.ShouldBe("canary-4711-q");
            await scene.ShipAsync();
            await scene.HoldAsync();
            await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync());
            await scene.ReleaseAsync();
            await scene.ForgetAsync(dryRun: true);
            await scene.ForgetAsync();
            (await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync())).ToString().ShouldNotContain("4711");
        }

        _logs.AllText.ShouldNotContain("4711");
        foreach (var file in Directory.EnumerateFiles(_settings.Data.Root, "*", SearchOption.AllDirectories).Where(f => !f.StartsWith(_settings.Data.Shop, StringComparison.Ordinal)))
        {
            (await File.ReadAllBytesAsync(file, Cancellation)).AsSpan().IndexOf("4711-q"u8).ShouldBe(-1, file);
        }
    }

    [Fact]
    public async Task DryRun_KnownCustomer_ListsAndForgetsNothing()
    {
        await using var scene = await StartAsync();
        await scene.ShipAsync();

        var listed = await scene.ForgetAsync(dryRun: true);

        listed.Recipients.ShouldHaveSingleItem().Partner.ShouldBe("northgate-warehouse");
        listed.Receipt.ShouldBeEmpty();
        (await scene.CountAsync(new EntryFilter { SubjectId = scene.Customer })).ShouldBe(1);
        (await scene.ActsAsync(ErasureActs.Forget)).ShouldBeEmpty();
        (await scene.ActsAsync(ErasureActs.Recipients)).ShouldHaveSingleItem().Target.ShouldBe((await scene.MarkAsync()).ToString());
    }

    [Fact]
    public async Task Forget_UnknownCustomer_IsNotFoundAndRecorded()
    {
        await using var scene = await StartAsync();

        var refused = await Should.ThrowAsync<RpcException>(() => scene.ForgetAsync());

        refused.StatusCode.ShouldBe(StatusCode.NotFound);
        refused.Status.Detail.ShouldContain("no key of this customer");
        (await scene.ActsAsync(ErasureActs.Forget)).ShouldHaveSingleItem().Target.ShouldBe("unknown");
        File.Exists(_settings.Data.Forgotten).ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "why")]
    [InlineData("C-1", "")]
    [InlineData("C-1", "two\nlines")]
    [InlineData("C-1", "asked by c-1 on the phone")]
    public async Task Forget_Malformed_IsRefused(string customer, string reason)
    {
        await using var scene = await StartAsync();

        var refused = await Should.ThrowAsync<RpcException>(async () => await scene.Officer.ForgetSubjectAsync(
            new ForgetSubjectRequest { SubjectId = customer, Reason = reason }, cancellationToken: Cancellation));

        refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        (await scene.ActsAsync(ErasureActs.Forget)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("security-analyst")]
    [InlineData("operator")]
    public async Task Forget_StaffOfAnotherRole_IsRefused(string person)
    {
        await using var scene = await StartAsync();
        await scene.ShipAsync();
        using var channel = scene.Gateway.AsStaff(person);
        var client = new ErasureService.ErasureServiceClient(channel);

        foreach (var call in (Func<Task>[])
        [
            async () => await client.ForgetSubjectAsync(new ForgetSubjectRequest { SubjectId = scene.Customer, Reason = "x", DryRun = true }, cancellationToken: Cancellation),
            async () => await client.HoldSubjectAsync(new HoldSubjectRequest { SubjectId = scene.Customer, Reason = "x" }, cancellationToken: Cancellation),
            async () => await client.ReleaseSubjectAsync(new ReleaseSubjectRequest { SubjectId = scene.Customer, Reason = "x" }, cancellationToken: Cancellation),
        ])
        {
            (await Should.ThrowAsync<RpcException>(call)).StatusCode.ShouldBe(StatusCode.PermissionDenied);
        }

        (await scene.PseudonymAsync()).ShouldNotBeNull();
    }

    private Task<ErasureScene> StartAsync() => ErasureScene.StartAsync(
        _settings, services => services.AddLogging(logging => logging.AddProvider(_logs).SetMinimumLevel(LogLevel.Trace)));
}
