using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Log.V1;
using Gateway.Requests;
using Gateway.Stores.Sqlite.Log;
using Gateway.Tests.Running;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Requests;

/// <summary>Who was given what was corrected or erased learns of it, and nobody else (GDPR Art. 19).</summary>
public sealed class NoticeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Correction_OfAField_IsToldToThoseWhoGotItAlone()
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        var latest = await scene.ShipAsync();
        await scene.DeliverAsync();
        await scene.ChargeAsync();
        // Northgate is not granted the gift message: a correction of that is nobody's.
        var nobody = await scene.ResolveAsync((await scene.OpenCorrectionAsync("Shipment", "", "gift_message")).Id);
        var street = await scene.ResolveAsync((await scene.OpenCorrectionAsync("Shipment", "", "address.street", "gift_message")).Id);

        (nobody.Notices, nobody.Recipients.Count).ShouldBe((0, 0));
        street.Recipients.ShouldBe([RequestScene.Northgate]);
        var notice = (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem();
        notice.Kind.ShouldBe(NoticeKind.Corrected);
        notice.Record.ShouldBe("gateway.fulfilment.v1.Shipment");
        notice.RecordKey.ShouldBe(RequestScene.Order.OrderId);
        notice.Fields.ShouldBe(["address.street"]);
        notice.ReceiptCount.ShouldBe(2);
        notice.Receipts[0].ShouldBe(latest.Id);
        (await scene.NoticesAsync(RequestScene.Harbour)).ShouldBeEmpty();
        (await scene.NoticesAsync(RequestScene.Cedar)).ShouldBeEmpty();
        (await scene.ActsAsync(RequestActs.Resolve)).Last().Recipients.ShouldBe([RequestScene.Northgate]);
    }

    [Theory]
    [InlineData("Shipment", "recipient_name")]
    [InlineData("Parcel", "recipient_name")]
    [InlineData("Parcel", "email")]
    [InlineData("Charge", "email")]
    [InlineData("Charge", "card_last4")]
    [InlineData("Charge", "billing_name")]
    public async Task Correction_OfAnyField_IsToldAsTheLogSays(string record, string field)
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        await scene.DeliverAsync();
        await scene.ChargeAsync();
        await scene.ChargeAsync("essential.fraud_detection");

        await scene.ResolveAsync((await scene.OpenCorrectionAsync(record, "", field)).Id);

        var expected = await OracleAsync(scene, "." + record, field);
        foreach (var partner in (string[])[RequestScene.Northgate, RequestScene.Harbour, RequestScene.Cedar])
        {
            var receipts = (await scene.NoticesAsync(partner)).SelectMany(n => n.Receipts);
            receipts.Order(StringComparer.Ordinal).ShouldBe(expected.Where(e => e.Partner == partner).Select(e => e.Receipt).Order(StringComparer.Ordinal), partner);
        }
    }

    [Fact]
    public async Task Erasure_Done_TellsEveryRecipientThenForgets()
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        await scene.DeliverAsync();
        await scene.ChargeAsync();
        await scene.ChargeAsync("essential.fraud_detection");
        var request = await scene.OpenErasureAsync("please forget me");

        var done = await scene.ResolveAsync(request.Id);

        done.Recipients.ShouldBe([RequestScene.Cedar, RequestScene.Harbour, RequestScene.Northgate]);
        var notice = (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem();
        (notice.Kind, notice.RecordKey, notice.Fields.Count).ShouldBe((NoticeKind.Erased, RequestScene.Order.OrderId, 0));
        (await scene.NoticesAsync(RequestScene.Harbour)).ShouldHaveSingleItem().RecordKey.ShouldBe(RequestScene.Order.ParcelId);
        (await scene.NoticesAsync(RequestScene.Cedar)).ShouldHaveSingleItem().ReceiptCount.ShouldBe(2);
        (await scene.Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(RequestScene.Order.CustomerId)).ShouldBeNull();
        var acts = (await scene.EntriesAsync()).Select(e => e.Administration?.Action).ToList();
        acts.IndexOf(RequestActs.Resolve).ShouldBeLessThan(acts.IndexOf("subject.forget"));
    }

    [Fact]
    public async Task Erasure_KeyNeverGivenAsItIs_NamesReceiptsAlone()
    {
        await using var scene = await RequestScene.StartAsync();
        var receipt = (await new Protos.Fulfilment.V1.FulfilmentService.FulfilmentServiceClient(scene.As(RequestScene.Northgate)).GetShipmentAsync(
            new Protos.Fulfilment.V1.GetShipmentRequest { OrderId = RequestScene.Order.OrderId },
            new Metadata { { "gateway-read-mask", "recipient_name" } }, cancellationToken: Cancellation)).Receipt;

        await scene.ResolveAsync((await scene.OpenErasureAsync()).Id);

        var notice = (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem();
        notice.RecordKey.ShouldBeEmpty();
        notice.Receipts.ShouldBe([receipt.Id]);
    }

    [Fact]
    public async Task Erasure_RecordGoneFromTheSource_NamesReceiptsAlone()
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        ShopViews.Replace(scene.Gateway.Settings, ShopViews.ReadSql(scene.Gateway.Settings).TrimEnd(';', ' ', '\n') + " LIMIT 0");

        await scene.ResolveAsync((await scene.OpenErasureAsync()).Id);

        (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem().RecordKey.ShouldBeEmpty();
    }

    [Fact]
    public async Task Resolve_WhatWasConfirmedDeleted_IsNotTold()
    {
        await using var scene = await RequestScene.StartAsync();
        var receipt = await scene.ShipAsync();
        await scene.DeliverAsync();
        await scene.Contract(RequestScene.Northgate).ConfirmDeletionAsync(new ConfirmDeletionRequest { Receipts = { receipt.Id } }, cancellationToken: Cancellation);

        (await scene.ResolveAsync((await scene.OpenErasureAsync()).Id)).Recipients.ShouldBe([RequestScene.Harbour]);
    }

    [Fact]
    public async Task Erasure_WhileAHoldStands_IsRefusedWithTheReasonAndTellsNobody()
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        var officer = new ErasureService.ErasureServiceClient(scene.Staff("privacy-officer"));
        await officer.HoldSubjectAsync(new HoldSubjectRequest { SubjectId = RequestScene.Order.CustomerId, Reason = "claim 17" }, cancellationToken: Cancellation);
        var request = await scene.OpenErasureAsync();

        var refused = await Should.ThrowAsync<RpcException>(() => scene.ResolveAsync(request.Id));

        refused.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        refused.Status.Detail.ShouldContain("gateway log release");
        (await scene.NoticesAsync(RequestScene.Northgate)).ShouldBeEmpty();
        (await scene.Requests.GetRequestAsync(new GetRequestRequest { Id = request.Id }, cancellationToken: Cancellation)).Request.State.ShouldBe(RequestState.Open);
        await officer.ReleaseSubjectAsync(new ReleaseSubjectRequest { SubjectId = RequestScene.Order.CustomerId, Reason = "settled" }, cancellationToken: Cancellation);
        (await scene.ResolveAsync(request.Id)).Notices.ShouldBe(1);
    }

    /// <summary>Whom the log says that the field went to, read leaf by leaf and without the index.</summary>
    private static async Task<List<(string Partner, string Receipt)>> OracleAsync(RequestScene scene, string record, string field)
    {
        using var reader = SqliteLogReader.Open(scene.Gateway.Settings.Log);
        var told = new List<(string, string)>();
        foreach (var entry in (await scene.EntriesAsync()).Where(e => e.Kind == Kind.Disclosure && !e.Records.IsEmpty))
        {
            var scope = Scope.Parser.ParseFrom(await reader.FindScopeAsync(entry.Scope.Memory, Cancellation));
            if (scope.Record.EndsWith(record, StringComparison.Ordinal) && scope.Released.Concat(scope.Transformed.Select(t => t.Path)).Contains(field, StringComparer.Ordinal))
            {
                told.Add((entry.Caller.Partner, entry.Id()));
            }
        }

        return told;
    }
}
