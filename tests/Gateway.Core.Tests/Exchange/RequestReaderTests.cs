using Gateway.Core.Exchange;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Watch.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Tests.Exchange;

public sealed class RequestReaderTests
{
    private static readonly string s_longest = new('k', RequestReader.MaxKeyLength);

    public static TheoryData<string, IMessage, string> Invalid => new()
    {
        { ExchangeScene.GetShipment, new GetShipmentRequest(), "key" },
        { ExchangeScene.GetShipment, new GetShipmentRequest { OrderId = "" }, "order_id" },
        { ExchangeScene.GetShipment, new GetShipmentRequest { OrderId = s_longest + "k" }, "order_id" },
        { ExchangeScene.GetCharge, new GetChargeRequest { ProcessorReference = "" }, "processor_reference" },
        { ExchangeScene.BatchGetShipments, new BatchGetShipmentsRequest(), "order_ids" },
        { ExchangeScene.BatchGetShipments, new BatchGetShipmentsRequest { OrderIds = { "A-1", "" } }, "order_ids" },
        { ExchangeScene.BatchGetShipments, new BatchGetShipmentsRequest { OrderIds = { Enumerable.Range(0, 101).Select(i => $"A-{i}") } }, "order_ids" },
        { ExchangeScene.ListShipments, new ListShipmentsRequest { PageSize = -1 }, "page_size" },
        { ExchangeScene.ListShipments, new ListShipmentsRequest { PageSize = 251 }, "page_size" },
        { ExchangeScene.ListShipments, new ListShipmentsRequest { PageToken = new string('t', 4097) }, "page_token" },
        { ExchangeScene.ListShipments, new ListShipmentsRequest { ChangedSince = new Timestamp { Nanos = -1 } }, "changed_since" },
        { ExchangeScene.ListShipments, new ListShipmentsRequest { ChangedSince = new Timestamp { Nanos = 1_000_000_000 } }, "changed_since" },
        { ExchangeScene.ListShipments, new ListShipmentsRequest { ChangedSince = new Timestamp { Seconds = 253402300800 } }, "changed_since" },
        { ExchangeScene.ListShipments, new ListShipmentsRequest { ChangedSince = new Timestamp { Seconds = long.MinValue } }, "changed_since" },
        { ExchangeScene.WatchShipments, new WatchShipmentsRequest { ResumeToken = new string('t', 4097) }, "resume_token" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Read_Invalid_NamesTheField(string method, IMessage request, string field)
    {
        Reader(method).Read(request).Passed(out _, out var refusal).ShouldBeFalse();

        refusal!.Reason.ShouldBe(RefusalReason.InvalidRequest);
        refusal.Field.ShouldBe(field);
        refusal.Detail.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Read_EachShape_GivesItsQuery()
    {
        var get = Read(ExchangeScene.GetCharge, new GetChargeRequest { OrderId = s_longest }).ShouldBeOfType<Query.Get>();
        get.Key.Path.ShouldBe("order_id");
        get.Value.ShouldBe(s_longest);

        Read(ExchangeScene.BatchGetShipments, new BatchGetShipmentsRequest { OrderIds = { "A-2", "A-1", "A-2" } })
            .ShouldBeOfType<Query.BatchGet>().Keys.ShouldBe(["A-2", "A-1"]);

        Read(ExchangeScene.ListShipments, new ListShipmentsRequest()).ShouldBe(new Query.List(50, "", null));
        Read(ExchangeScene.ListShipments, new ListShipmentsRequest { PageSize = 250, PageToken = "t", ChangedSince = new Timestamp { Seconds = 5 } })
            .ShouldBe(new Query.List(250, "t", DateTimeOffset.FromUnixTimeSeconds(5)));
        Read(ExchangeScene.WatchShipments, new WatchShipmentsRequest { ResumeToken = "t" }).ShouldBe(new Query.Watch("t"));
    }

    [Fact]
    public void Write_EachShape_FillsItsResponse()
    {
        var receipt = new Receipt { Id = "r" };
        var shipment = new Shipment { OrderId = "A-1" };

        Writer(ExchangeScene.GetShipment).Write([shipment], null, receipt).ShouldBe(new GetShipmentResponse { Shipment = shipment, Receipt = receipt });
        Writer(ExchangeScene.BatchGetShipments).Write([], null, receipt).ShouldBe(new BatchGetShipmentsResponse { Receipt = receipt });
        Writer(ExchangeScene.BatchGetShipments).Write([shipment, shipment], null, receipt)
            .ShouldBe(new BatchGetShipmentsResponse { Shipments = { shipment, shipment }, Receipt = receipt });
        Writer(ExchangeScene.ListShipments).Write([shipment], "next", receipt)
            .ShouldBe(new ListShipmentsResponse { Shipments = { shipment }, NextPageToken = "next", Receipt = receipt });
        Writer(ExchangeScene.ListShipments).Write([shipment], null, receipt).ShouldBe(new ListShipmentsResponse { Shipments = { shipment }, Receipt = receipt });
        Writer(ExchangeScene.WatchShipments).Write([shipment], "resume", receipt)
            .ShouldBe(new WatchShipmentsResponse { Shipment = shipment, ResumeToken = "resume", Receipt = receipt });
        var tombstone = new Tombstone { Key = "A-1", Reason = TombstoneReason.Closed };
        Writer(ExchangeScene.WatchShipments).Write(tombstone, "resume", receipt)
            .ShouldBe(new WatchShipmentsResponse { Tombstone = tombstone, ResumeToken = "resume", Receipt = receipt });
    }

    private static Query Read(string method, IMessage request) =>
        Reader(method).Read(request).Passed(out var query, out var refusal) ? query : throw new ShouldAssertException($"{refusal}");

    private static RequestReader Reader(string method) => RequestReader.Compile(ExchangeScene.Catalogue.Methods[method]);

    private static ResponseWriter Writer(string method) => ResponseWriter.Compile(ExchangeScene.Catalogue.Methods[method]);
}
