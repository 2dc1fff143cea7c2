using System.Text.Json.Nodes;
using Gateway.Demo.Shop;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Wire;

namespace Gateway.Tests.Clients;

/// <summary>What partners see through a client of another make: @grpc/grpc-js over mutual TLS, with the protos as they are.</summary>
public sealed class NodeClientTests(NodeClientFixture fixture) : IClassFixture<NodeClientFixture>
{
    private const string North = "northgate-warehouse";
    private const string South = "southgate-warehouse";
    private const string Harbour = "harbour-carrier";
    private const string Cedar = "cedar-payments";
    private const string Processing = "essential.service.payment_processing";
    private const string Fraud = "essential.fraud_detection";
    private const string Fulfilment = "gateway.fulfilment.v1.FulfilmentService/";
    private const string Payment = "gateway.payment.v1.PaymentService/";
    private const string Shipping = "gateway.shipping.v1.ShippingService/";

    // gRPC's numbers.
    private const int Ok = 0;
    private const int Cancelled = 1;
    private const int InvalidArgument = 3;
    private const int NotFound = 5;
    private const int PermissionDenied = 7;

    [Fact]
    public async Task Get_OneOrder_GivesEachPartnerItsOwnFields()
    {
        var order = DemoShop.SampleOrder;
        await GetAsync(North, Fulfilment + "GetShipment", new { order_id = order.OrderId }, null, "shipment",
            ["order_id", "service_level", "requested_ship_time", "recipient_name", "address", "lines", "phone_number"], []);
        await GetAsync(Harbour, Shipping + "GetParcel", new { parcel_id = order.ParcelId }, null, "parcel",
            ["parcel_id", "tracking_number", "recipient_name", "address", "weight_grams", "length_mm", "width_mm", "height_mm", "declared_value"],
            ["company", "phone_number", "delivery_instructions"]);
        await GetAsync(Cedar, Payment + "GetCharge", new { order_id = order.OrderId }, Processing, "charge",
            ["payment_id", "order_id", "processor_reference", "status", "amount", "payment_token", "card_brand", "card_last4", "card_expiry_month",
            "card_expiry_year", "billing_name", "billing_address"], []);
        await GetAsync(Cedar, Payment + "GetCharge", new { payment_id = order.PaymentId }, Fraud, "charge",
            ["payment_id", "status", "email", "order_id", "customer_ip", "card_brand", "amount"], ["billing_address"]);

        var shipment = (await AnswerAsync(fixture.Node.Call(North, Fulfilment + "GetShipment", new { order_id = order.OrderId })))["shipment"]!;
        ((string)shipment["phone_number"]!).Length.ShouldBe(3);
        shipment["lines"]!.AsArray().ShouldAllBe(l => Names(l).SequenceEqual(new[] { "sku", "quantity" }));
    }

    [Fact]
    public async Task Get_OfAnotherWarehousesOrder_GivesItToTheOneAlone()
    {
        var order = new OracleGateway(fixture.Gateway).Available(Method("GetShipment"), Grant(South, "GetShipment"))[^1].Text("order_id");

        var own = await AnswerAsync(fixture.Node.Call(South, Fulfilment + "GetShipment", new { order_id = order }));
        var (none, foreign) = await fixture.Node.Call(North, Fulfilment + "GetShipment", new { order_id = order }).FinishAsync();

        ((string)own["shipment"]!["order_id"]!).ShouldBe(order);
        own["shipment"]!["phone_number"].ShouldBeNull();
        none.ShouldBeEmpty();
        (foreign.Status, foreign.Reason).ShouldBe((NotFound, "RECORD_NOT_AVAILABLE"));
    }

    [Fact]
    public async Task BatchGet_SomeNotThere_GivesTheOthersInOrder()
    {
        var shipments = await AnswerAsync(fixture.Node.Call(North, Fulfilment + "BatchGetShipments", new { order_ids = new[] { "A-1003", "A-0", "A-1002" } }));
        var parcels = await AnswerAsync(fixture.Node.Call(Harbour, Shipping + "BatchGetParcels", new { parcel_ids = new[] { "K-0", "K-1002" } }));
        var charges = await AnswerAsync(fixture.Node.Call(Cedar, Payment + "BatchGetCharges", new { payment_ids = new[] { "P-1002", "P-1003" } }, Processing));

        Keys(shipments, "shipments", "order_id").ShouldBe(["A-1003", "A-1002"]);
        Keys(parcels, "parcels", "parcel_id").ShouldBe(["K-1002"]);
        Keys(charges, "charges", "payment_id").ShouldBe(["P-1002", "P-1003"]);
        (await fixture.EntryAsync((string?)shipments["receipt"]!["id"])).Records.Length.ShouldBe(2 * 16);
    }

    [Theory]
    [InlineData(North, Fulfilment, "ListShipments", "shipments", "order_id", null)]
    [InlineData(South, Fulfilment, "ListShipments", "shipments", "order_id", null)]
    [InlineData(Harbour, Shipping, "ListParcels", "parcels", "parcel_id", null)]
    [InlineData(Cedar, Payment, "ListCharges", "charges", "payment_id", Processing)]
    [InlineData(Cedar, Payment, "ListCharges", "charges", "payment_id", Fraud)]
    public async Task List_ThroughItsTokens_GivesEverythingOnce(string partner, string service, string name, string field, string key, string? purpose)
    {
        var expected = new OracleGateway(fixture.Gateway).Available(Method(name), Grant(partner, name, purpose)).Select(r => r.Text(key)).ToArray();

        var (pages, end) = await fixture.Node.Call(partner, service + name, new { page_size = 40 }, purpose, pages: true).FinishAsync();

        end.Status.ShouldBe(Ok);
        pages.Count.ShouldBe((expected.Length + 39) / 40);
        pages.SelectMany(p => Keys(p, field, key)).ShouldBe(expected, ignoreOrder: true);
        pages.Select(p => (string)p["receipt"]!["id"]!).ShouldBeUnique(StringComparer.Ordinal);
    }

    [Fact]
    public async Task ReadMask_NarrowsAndNeverWidens()
    {
        var request = new { order_id = DemoShop.SampleOrder.OrderId };

        var narrow = await AnswerAsync(fixture.Node.Call(North, Fulfilment + "GetShipment", request, masks: ["order_id, address.locality,lines.sku"]));
        var message = await AnswerAsync(fixture.Node.Call(North, Fulfilment + "GetShipment", request, masks: ["address"]));
        var withheld = await AnswerAsync(fixture.Node.Call(North, Fulfilment + "GetShipment", request, masks: ["gift_message"]));
        var (_, unknown) = await fixture.Node.Call(North, Fulfilment + "GetShipment", request, masks: ["order_id,card_number"]).FinishAsync();

        Names(narrow["shipment"]).ShouldBe(["order_id", "address", "lines"], ignoreOrder: true);
        Names(narrow["shipment"]!["address"]).ShouldBe(["locality"]);
        narrow["shipment"]!["lines"]!.AsArray().ShouldAllBe(l => Names(l).SequenceEqual(new[] { "sku" }));
        Names(message["shipment"]).ShouldBe(["address"]);
        Names(withheld["shipment"]).ShouldBeEmpty();
        withheld["receipt"]!["scope"]!["withheld"]!.AsArray().Single(w => (string)w!["path"]! == "gift_message")!["reason"]!.ToString()
            .ShouldBe("WITHHELD_REASON_NOT_GRANTED");
        (unknown.Status, unknown.Reason, unknown.Field).ShouldBe((InvalidArgument, "INVALID_REQUEST", "gateway-read-mask"));
    }

    [Fact]
    public async Task ReadMask_SentTwice_IsBothTogether()
    {
        var request = new { order_id = DemoShop.SampleOrder.OrderId };

        var answer = await AnswerAsync(fixture.Node.Call(North, Fulfilment + "GetShipment", request, masks: ["order_id", "address.locality"]));
        var (_, unknown) = await fixture.Node.Call(North, Fulfilment + "GetShipment", request, masks: ["order_id", "nope"]).FinishAsync();

        Names(answer["shipment"]).ShouldBe(["order_id", "address"], ignoreOrder: true);
        Names(answer["shipment"]!["address"]).ShouldBe(["locality"]);
        unknown.Reason.ShouldBe("INVALID_REQUEST");
    }

    [Theory]
    [InlineData(North, "northgate-warehousing", Fulfilment + "GetShipment", null)]
    [InlineData(South, "southgate-warehousing", Fulfilment + "ListShipments", null)]
    [InlineData(Harbour, "harbour-delivery", Shipping + "GetParcel", null)]
    [InlineData(Cedar, "cedar-payments", Payment + "GetCharge", Fraud)]
    public async Task Contract_TellsEachPartnerItsOwnAlone(string partner, string contract, string method, string? purpose)
    {
        var name = method.Split('/')[1];
        var described = await AnswerAsync(fixture.Node.Call(partner, "gateway.contract.v1.ContractService/DescribeContract"));
        var explained = await AnswerAsync(fixture.Node.Call(
            partner, "gateway.contract.v1.ContractService/ExplainAccess", new { method, purpose }));

        ((string)described["partner"]!, (string)described["contract"]!).ShouldBe((partner, contract));
        var text = described.ToJsonString();
        new[] { North, South, Harbour, Cedar }.Where(other => other != partner).ShouldAllBe(other => !text.Contains(other));
        described["grants"]!.AsArray().SelectMany(g => g!["methods"]!.AsArray().Select(m => (string)m!)).ShouldContain(m => m == method);
        ((bool)explained["allowed"]!).ShouldBeTrue();
        explained["released"]!.AsArray().Select(f => (string)f!["path"]!).ShouldBe(Grant(partner, name, purpose).Fields.Keys, ignoreOrder: true);
        foreach (var answer in new[] { described, explained })
        {
            var entry = await fixture.EntryAsync((string?)answer["receipt"]!["id"]);
            (entry.Kind, entry.Records.Length, entry.Caller.Partner).ShouldBe((Kind.Disclosure, 0, partner));
        }
    }

    [Theory]
    [InlineData(Cedar, Payment + "GetCharge", "payment_id", "P-1001", null, InvalidArgument, "PURPOSE_REQUIRED")]
    [InlineData(Cedar, Payment + "WatchCharges", "resume_token", "x", Fraud, PermissionDenied, "PURPOSE_NOT_GRANTED")]
    [InlineData(Cedar, Payment + "GetCharge", "payment_id", "P-1001", "marketing", PermissionDenied, "PURPOSE_NOT_GRANTED")]
    [InlineData(Cedar, Fulfilment + "GetShipment", "order_id", "A-1001", null, PermissionDenied, "METHOD_NOT_GRANTED")]
    [InlineData(South, Fulfilment + "WatchShipments", "resume_token", "", null, PermissionDenied, "METHOD_NOT_GRANTED")]
    [InlineData(North, Payment + "GetCharge", "payment_id", "P-1001", null, PermissionDenied, "METHOD_NOT_GRANTED")]
    [InlineData(North, Fulfilment + "GetShipment", "order_id", "A-0", null, NotFound, "RECORD_NOT_AVAILABLE")]
    [InlineData(North, Fulfilment + "GetShipment", "order_id", "", null, InvalidArgument, "INVALID_REQUEST")]
    [InlineData(Harbour, Shipping + "WatchParcels", "resume_token", "AAAA", null, InvalidArgument, "INVALID_REQUEST")]
    [InlineData(Harbour, Shipping + "GetParcel", "tracking_number", "HB", null, NotFound, "RECORD_NOT_AVAILABLE")]
    public async Task Refusal_TellsItsReasonAndIsRecorded(
        string partner, string method, string field, string value, string? purpose, int status, string reason)
    {
        var (messages, end) = await fixture.Node.Call(partner, method, new Dictionary<string, string>(StringComparer.Ordinal) { [field] = value }, purpose).FinishAsync();

        messages.ShouldBeEmpty();
        (end.Status, end.Reason, end.Domain).ShouldBe((status, reason, "gateway"));
        var entry = await fixture.EntryAsync(end.ReceiptTrailer);
        (entry.Kind, entry.Refusal, entry.Method, entry.Caller.Partner).ShouldBe((Kind.Refusal, reason, method, partner));
    }

    [Fact]
    public async Task Watch_GivesWhatIsOpenThenChangesThenTombstones_AndResumes()
    {
        var oracle = new OracleGateway(fixture.Gateway);
        var open = oracle.Available(Method("WatchShipments"), Grant(North, "WatchShipments")).Where(r => r.ClosedAt is null).Select(r => r.Text("order_id")).ToArray();
        var watch = fixture.Node.Call(North, Fulfilment + "WatchShipments");
        var first = new List<JsonNode>();
        while (first.Count < open.Length)
        {
            first.Add((await watch.NextAsync()).Message.ShouldNotBeNull());
        }

        first.Select(m => (string)m["shipment"]!["order_id"]!).ShouldBe(open);
        first[0]["receipt"]!["scope"].ShouldNotBeNull();
        (await fixture.EntryAsync((string?)first[0]["receipt"]!["id"])).Method.ShouldBe(Fulfilment + "WatchShipments");

        fixture.ChangeShop("UPDATE orders SET service_level = 'drone', changed_at = $now WHERE order_id = 'A-1010'");
        var change = (await watch.NextAsync()).Message!;
        ((string)change["shipment"]!["order_id"]!, (string)change["shipment"]!["service_level"]!).ShouldBe(("A-1010", "drone"));
        change["shipment"]!["gift_message"].ShouldBeNull();

        fixture.ChangeShop("UPDATE orders SET status = 'shipped', finished_at = $now, changed_at = $now WHERE order_id = 'A-1010'");
        var closed = (await watch.NextAsync()).Message!;
        Tombstone(closed).ShouldBe(("A-1010", "TOMBSTONE_REASON_CLOSED"));
        fixture.ChangeShop("UPDATE orders SET warehouse_id = 'SOUTH', changed_at = $now WHERE order_id = 'A-1009'");
        var withdrawn = (await watch.NextAsync()).Message!;
        Tombstone(withdrawn).ShouldBe(("A-1009", "TOMBSTONE_REASON_WITHDRAWN"));
        (await fixture.EntryAsync((string?)withdrawn["receipt"]!["id"])).Tombstones.Length.ShouldBe(16);
        watch.Cancel();
        (await watch.FinishAsync()).End.Status.ShouldBe(Cancelled);

        fixture.ChangeShop("UPDATE orders SET service_level = 'drone', changed_at = $now WHERE order_id = 'A-1008'");
        fixture.ChangeShop("UPDATE orders SET status = 'cancelled', finished_at = $now, changed_at = $now WHERE order_id = 'A-1007'");
        var token = (string)withdrawn["resume_token"]!;
        var resumed = fixture.Node.Call(North, Fulfilment + "WatchShipments", new { resume_token = token });
        // What came last before may come once more; nothing else that was given before does.
        var (changes, tombstones) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<(string, string)>());
        while (!changes.Contains("A-1008") || !tombstones.Contains(("A-1007", "TOMBSTONE_REASON_CLOSED")))
        {
            var message = (await resumed.NextAsync()).Message!;
            if (message["shipment"] is { } shipment)
            {
                changes.Add((string)shipment["order_id"]!).ShouldBeTrue("a change is told once");
            }
            else
            {
                tombstones.Add(Tombstone(message));
            }
        }

        changes.Single().ShouldBe("A-1008");
        tombstones.ShouldAllBe(t => t.Item1 == "A-1007" || t.Item1 == "A-1009" || t.Item1 == "A-1010");
        resumed.Cancel();
        (await resumed.FinishAsync()).End.Status.ShouldBe(Cancelled);
    }

    [Theory]
    [InlineData(Harbour, Shipping, "WatchParcels", "parcel", "parcel_id", null, "UPDATE parcels SET weight_grams = 4711, changed_at = $now WHERE parcel_id = 'K-1002'", "K-1002")]
    [InlineData(Cedar, Payment, "WatchCharges", "charge", "payment_id", Processing, "UPDATE payments SET status = 'pending', changed_at = $now WHERE payment_id = 'P-1002'", "P-1002")]
    public async Task Watch_ByOtherPartners_GivesWhatIsOpenThenAChange(
        string partner, string service, string name, string field, string key, string? purpose, string change, string changed)
    {
        var open = new OracleGateway(fixture.Gateway).Available(Method(name), Grant(partner, name, purpose)).Where(r => r.ClosedAt is null).Select(r => r.Text(key)).ToArray();
        var watch = fixture.Node.Call(partner, service + name, purpose: purpose);
        foreach (var expected in open)
        {
            ((string)(await watch.NextAsync()).Message![field]![key]!).ShouldBe(expected);
        }

        fixture.ChangeShop(change);

        ((string)(await watch.NextAsync()).Message![field]![key]!).ShouldBe(changed);
        watch.Cancel();
        (await watch.FinishAsync()).End.Status.ShouldBe(Cancelled);
    }

    private async Task GetAsync(
        string partner, string method, object request, string? purpose, string field, string[] always, string[] sometimes)
    {
        var answer = await AnswerAsync(fixture.Node.Call(partner, method, request, purpose));

        Names(answer[field]).Except(sometimes, StringComparer.Ordinal).ShouldBe(always, StringComparer.Ordinal, ignoreOrder: true, $"{partner} {purpose}");
        var entry = await fixture.EntryAsync((string?)answer["receipt"]!["id"]);
        (entry.Kind, entry.Caller.Partner, entry.Method, entry.Records.Length).ShouldBe((Kind.Disclosure, partner, method, 16));
        answer["receipt"]!["delete_by"].ShouldNotBeNull();
    }

    private static async Task<JsonNode> AnswerAsync(NodeCall call)
    {
        var (messages, end) = await call.FinishAsync();
        end.Status.ShouldBe(Ok, end.Json.ToJsonString());
        return messages.Single();
    }

    private OracleGrant Grant(string partner, string method, string? purpose = null) =>
        new OracleGateway(fixture.Gateway).Grants(Method(method), partner).Single(g => purpose is null || g.Purpose == purpose);

    private static Core.Annotations.ServiceMethod Method(string name) => OracleGateway.Methods.Single(m => m.Name == name);

    private static (string Key, string Reason) Tombstone(JsonNode message) =>
        ((string)message["tombstone"].ShouldNotBeNull()["key"]!, (string)message["tombstone"]!["reason"]!);

    private static IEnumerable<string> Names(JsonNode? message) => message!.AsObject().Select(p => p.Key);

    private static IEnumerable<string> Keys(JsonNode answer, string field, string key) => answer[field]!.AsArray().Select(r => (string)r![key]!);
}
