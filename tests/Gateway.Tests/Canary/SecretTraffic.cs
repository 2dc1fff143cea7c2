using Gateway.Demo.Shop;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Delivery.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Google.Protobuf;
using Grpc.Core;

namespace Gateway.Tests.Canary;

/// <summary>Every method as every partner, with secrets for keys, tokens and metadata. Holds each answer against what its partner may see.</summary>
internal sealed class SecretTraffic(RunningGateway gateway, Secrets secrets, CancellationToken cancel)
{
    private const string Fraud = "essential.fraud_detection";
    private const string Payment = "essential.service.payment_processing";
    private static readonly string[] s_northgate = ["order", "recipient_name", "street", "extra_line", "postal_code", "city", "region", "sku"];
    private static readonly string[] s_harbour =
        ["parcel", "tracking", "recipient_name", "company", "street", "extra_line", "postal_code", "city", "region", "phone", "delivery_note"];
    private static readonly string[] s_cedar = ["payment", "order", "reference", "token", "brand", "name", "street", "postal_code"];
    private static readonly string[] s_cedarFraud = ["payment", "customer_ip", "brand"];
    private static readonly string[] s_meridian = ["subscriber", "email", "given_name"];
    private static readonly string[] s_lantern = ["download", "email", "title"];
    private readonly Dictionary<string, Canaries> _forbidden = new(StringComparer.Ordinal);

    /// <summary>What was said to partners when it was no record: details, trailers, headers.</summary>
    public List<string> Said { get; } = [];

    /// <summary>Refusals met, by reason.</summary>
    public HashSet<string> Reasons { get; } = new(StringComparer.Ordinal);

    public async Task ShipmentsAsync()
    {
        using var channel = gateway.As("northgate-warehouse");
        var client = new FulfilmentService.FulfilmentServiceClient(channel);
        await AnswerAsync(s_northgate, o => client.GetShipmentAsync(new GetShipmentRequest { OrderId = secrets.OrderId() }, o));
        await AnswerAsync(s_northgate, o => client.BatchGetShipmentsAsync(new BatchGetShipmentsRequest { OrderIds = { secrets.OrderId(), secrets["unknown-key"] } }, o));
        var page = await AnswerAsync(s_northgate, o => client.ListShipmentsAsync(new ListShipmentsRequest { PageSize = 2 }, o));
        Said.Add(page.NextPageToken);
        await AnswerAsync(s_northgate, o => client.ListShipmentsAsync(new ListShipmentsRequest { PageSize = 2, PageToken = page.NextPageToken }, o));
        var token = await WatchAsync(s_northgate, o => client.WatchShipments(new WatchShipmentsRequest(), o));
        await WatchAsync(s_northgate, o => client.WatchShipments(new WatchShipmentsRequest { ResumeToken = token }, o));
        await RefusedAsync(o => client.GetShipmentAsync(new GetShipmentRequest { OrderId = secrets["unknown-key"] }, o), "RECORD_NOT_AVAILABLE");
        await RefusedAsync(o => client.GetShipmentAsync(new GetShipmentRequest { OrderId = secrets["long-key"] + new string('k', 300) }, o), "INVALID_REQUEST");
        await RefusedAsync(o => client.ListShipmentsAsync(new ListShipmentsRequest { PageToken = secrets["page-token"] }, o), "INVALID_REQUEST");
        await RefusedAsync(o => client.ListShipmentsAsync(new ListShipmentsRequest { PageToken = BrokenSeal.Trigger }, o), "INTERNAL_FAULT");
        await RefusedAsync(async o => (await ReadAsync(client.WatchShipments(new WatchShipmentsRequest { ResumeToken = secrets["resume-token"] }, o)))!, "INVALID_REQUEST");
        await RefusedAsync(o => client.GetShipmentAsync(new GetShipmentRequest { OrderId = secrets.OrderId() }, o), "PURPOSE_NOT_GRANTED", ("gateway-purpose", secrets["purpose"]));
        await RefusedAsync(o => client.GetShipmentAsync(new GetShipmentRequest { OrderId = secrets.OrderId() }, o), "INVALID_REQUEST", ("gateway-read-mask", secrets["mask"]));
        await RefusedAsync(o => new PaymentService.PaymentServiceClient(channel).GetChargeAsync(new GetChargeRequest { OrderId = secrets.OrderId() }, o), "METHOD_NOT_GRANTED");
        var contract = new ContractService.ContractServiceClient(channel);
        await AnswerAsync([], o => contract.DescribeContractAsync(new DescribeContractRequest(), o));
        await AnswerAsync([], o => contract.ExplainAccessAsync(
            new ExplainAccessRequest { Method = secrets["explained-method"], Purpose = secrets["explained-purpose"], ReadMask = secrets["explained-mask"] }, o));
        await AnswerAsync([], o => contract.ExplainAccessAsync(
            new ExplainAccessRequest { Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment", ReadMask = secrets["explained-mask"] }, o));
    }

    public async Task ChargesAsync()
    {
        using var channel = gateway.As("cedar-payments");
        var client = new PaymentService.PaymentServiceClient(channel);
        await AnswerAsync(s_cedar, o => client.GetChargeAsync(new GetChargeRequest { OrderId = secrets.OrderId() }, o), ("gateway-purpose", Payment));
        await AnswerAsync(s_cedarFraud, o => client.ListChargesAsync(new ListChargesRequest { PageSize = 3 }, o), ("gateway-purpose", Fraud));
        await RefusedAsync(o => client.GetChargeAsync(new GetChargeRequest { ProcessorReference = secrets["unknown-reference"] }, o), "PURPOSE_REQUIRED");
    }

    public async Task ParcelsAsync()
    {
        using var channel = gateway.As("harbour-carrier");
        var client = new ShippingService.ShippingServiceClient(channel);
        await AnswerAsync(s_harbour, o => client.GetParcelAsync(new GetParcelRequest { ParcelId = secrets.ParcelId() }, o));
        await AnswerAsync(s_harbour, o => client.ListParcelsAsync(new ListParcelsRequest { PageSize = 1 }, o));
        await RefusedAsync(o => client.GetParcelAsync(new GetParcelRequest { TrackingNumber = secrets["unknown-tracking"] }, o), "RECORD_NOT_AVAILABLE");
    }

    public async Task MailAsync()
    {
        using var meridian = gateway.As("meridian-mail");
        var mail = new MailingService.MailingServiceClient(meridian);
        await AnswerAsync(s_meridian, o => mail.GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = secrets.SubscriberId() }, o));
        await AnswerAsync(s_meridian, o => mail.ListSubscribersAsync(new ListSubscribersRequest { PageSize = 3 }, o), ("gateway-purpose", "marketing.communications.email"));
        await WatchAsync(s_meridian, o => mail.WatchSubscribers(new WatchSubscribersRequest(), o));
        await RefusedAsync(o => mail.GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = secrets["unknown-subscriber"] }, o), "RECORD_NOT_AVAILABLE");
        using var lantern = gateway.As("lantern-downloads");
        var downloads = new DigitalDeliveryService.DigitalDeliveryServiceClient(lantern);
        await AnswerAsync(s_lantern, o => downloads.GetDownloadAsync(new GetDownloadRequest { OrderId = secrets.OrderId() }, o));
        await AnswerAsync(["download", "email"], o => downloads.ListDownloadsAsync(new ListDownloadsRequest { PageSize = 3 }, o), ("gateway-purpose", "essential.service.notifications.email"));
        await RefusedAsync(o => downloads.GetDownloadAsync(new GetDownloadRequest { DownloadReference = secrets["unknown-download"] }, o), "RECORD_NOT_AVAILABLE");
    }

    /// <summary>After <see cref="SecretShop.Break"/>: what the source cannot give, what may never leave.</summary>
    public async Task BrokenAsync()
    {
        using var northgate = gateway.As("northgate-warehouse");
        using var harbour = gateway.As("harbour-carrier");
        using var cedar = gateway.As("cedar-payments");
        var shipments = new FulfilmentService.FulfilmentServiceClient(northgate);
        var parcels = new ShippingService.ShippingServiceClient(harbour);
        var charges = new PaymentService.PaymentServiceClient(cedar);
        (string, string) payment = ("gateway-purpose", Payment);
        await RefusedAsync(o => shipments.GetShipmentAsync(new GetShipmentRequest { OrderId = secrets.OrderId(SecretShop.Broken) }, o), "SOURCE_UNAVAILABLE");
        await RefusedAsync(async o => (await ReadAsync(shipments.WatchShipments(new WatchShipmentsRequest(), o)))!, "SOURCE_UNAVAILABLE");
        await RefusedAsync(o => parcels.GetParcelAsync(new GetParcelRequest { ParcelId = secrets.ParcelId(SecretShop.Broken) }, o), "SOURCE_UNAVAILABLE");
        await RefusedAsync(o => charges.GetChargeAsync(new GetChargeRequest { PaymentId = secrets.PaymentId(SecretShop.Broken) }, o), "SOURCE_UNAVAILABLE", payment);
        await RefusedAsync(o => charges.GetChargeAsync(new GetChargeRequest { PaymentId = secrets.PaymentId(SecretShop.Carded) }, o), "RECORD_NOT_AVAILABLE", payment);
        using var meridian = gateway.As("meridian-mail");
        var mail = new MailingService.MailingServiceClient(meridian);
        foreach (var broken in (int[])[DemoShop.FirstCustomer + 1, DemoShop.FirstCustomer + 2])
        {
            await RefusedAsync(o => mail.GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = secrets.SubscriberId(broken) }, o), "RECORD_NOT_AVAILABLE");
        }

        await AnswerAsync(s_cedar, o => charges.BatchGetChargesAsync(
            new BatchGetChargesRequest { PaymentIds = { secrets.PaymentId(), secrets.PaymentId(SecretShop.Carded) } }, o), payment);
    }

    private async Task<T> AnswerAsync<T>(string[] granted, Func<CallOptions, AsyncUnaryCall<T>> call, params (string Name, string Value)[] metadata)
        where T : IMessage
    {
        using var running = call(Options(metadata));
        var answer = await running;
        Hold(granted, answer);
        Say(await running.ResponseHeadersAsync, running.GetTrailers());
        return answer;
    }

    private async Task<string> WatchAsync<T>(string[] granted, Func<CallOptions, AsyncServerStreamingCall<T>> call)
        where T : IMessage
    {
        using var running = call(Options([]));
        var token = "";
        for (var i = 0; i < 3 && await running.ResponseStream.MoveNext(cancel); i++)
        {
            var message = running.ResponseStream.Current;
            Hold(granted, message);
            token = (string)message.Descriptor.FindFieldByName("resume_token").Accessor.GetValue(message);
            Said.Add(token);
        }

        Say(await running.ResponseHeadersAsync, []);
        return token;
    }

    private async Task<T?> ReadAsync<T>(AsyncServerStreamingCall<T> call)
        where T : class, IMessage
    {
        using (call)
        {
            return await call.ResponseStream.MoveNext(cancel) ? call.ResponseStream.Current : null;
        }
    }

    private Task RefusedAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, string reason, params (string Name, string Value)[] metadata) =>
        RefusedAsync(async o => (object?)await call(o), reason, metadata);

    private async Task RefusedAsync(Func<CallOptions, Task<object?>> call, string reason, params (string Name, string Value)[] metadata)
    {
        var refused = await Should.ThrowAsync<RpcException>(() => call(Options(metadata)));
        var info = refused.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>();
        (info?.Reason).ShouldBe(reason, refused.Message);
        Reasons.Add(reason);
        Said.Add(refused.Status.Detail);
        Said.Add(refused.GetRpcStatus()!.ToString());
        Say([], refused.Trailers);
    }

    private CallOptions Options((string Name, string Value)[] metadata)
    {
        var headers = new Metadata
        {
            { "traceparent", secrets["traceparent"] },
            { "tracestate", "vendor=" + secrets["tracestate"] },
            { "baggage", "user=" + secrets["baggage"] },
            { "x-" + secrets["header-name"], secrets["header-value"] },
            { "x-unknown-bin", System.Text.Encoding.UTF8.GetBytes(secrets["binary-header"]) },
            { "authorization", "Bearer " + secrets["bearer"] },
            { "cookie", "session=" + secrets["cookie"] },
            { "x-forwarded-for", secrets["forwarded"] },
        };
        foreach (var (name, value) in metadata)
        {
            headers.Add(name, value);
        }

        return new CallOptions(headers, cancellationToken: cancel);
    }

    private void Hold(string[] granted, IMessage answer)
    {
        var key = string.Join(',', granted);
        if (!_forbidden.TryGetValue(key, out var forbidden))
        {
            _forbidden[key] = forbidden = secrets.Except(granted);
        }

        forbidden.ShouldBeAbsentFrom(answer.Descriptor.FullName, answer.ToByteArray());
    }

    private void Say(Metadata headers, Metadata trailers) =>
        Said.AddRange(headers.Concat(trailers).Select(e => $"{e.Key} {(e.IsBinary ? System.Text.Encoding.Latin1.GetString(e.ValueBytes) : e.Value)}"));
}
