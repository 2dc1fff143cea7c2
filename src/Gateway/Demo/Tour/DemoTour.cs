using Gateway.Commands;
using Gateway.Commands.Log;
using Gateway.Commands.Trace;
using Gateway.Demo.Shop;
using Gateway.Hosting;
using Gateway.Protos.Admin.V1;
using Spectre.Console;

namespace Gateway.Demo.Tour;

/// <summary>Calls the gateway as its partners and its staff would, and shows what each got to see.</summary>
internal sealed class DemoTour(ListenerPorts ports, DirectoryInfo certificates, string shop, string words)
{
    private const string Payment = "essential.service.payment_processing";

    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        var order = DemoShop.SampleOrder;
        TourAnswer[] granted =
        [
            await AskAsync("northgate-warehouse", "FulfilmentService/GetShipment", $$"""{"order_id":"{{order.OrderId}}"}""", null, cancellationToken),
            await AskAsync("harbour-carrier", "ShippingService/GetParcel", $$"""{"parcel_id":"{{order.ParcelId}}"}""", null, cancellationToken),
            await AskAsync("cedar-payments", "PaymentService/GetCharge", $$"""{"order_id":"{{order.OrderId}}"}""", Payment, cancellationToken),
        ];
        TourAnswer[] refused =
        [
            await AskAsync("southgate-warehouse", "FulfilmentService/GetShipment", $$"""{"order_id":"{{order.OrderId}}"}""", null, cancellationToken),
            await AskAsync("cedar-payments", "PaymentService/GetCharge", $$"""{"order_id":"{{order.OrderId}}"}""", null, cancellationToken),
        ];
        if (granted.FirstOrDefault(a => a.Refusal is not null) is { } unexpected)
        {
            throw new CommandFailure(
                ExitCode.CheckFailed,
                $"{unexpected.Partner} was refused: {unexpected.Refusal}: {unexpected.Sentence}",
                "the contracts or the shop in the data folder were changed; name another folder with --data");
        }

        Title($"One order ({order.OrderId}), three partners, over mutual TLS: what each contract lets it have");
        Output.Data(SideBySide.Draw(granted));
        Title("Refused");
        foreach (var answer in refused)
        {
            Output.Data($"{answer.Partner}: {answer.Refusal}: {answer.Sentence} (receipt {answer.Receipt})");
        }

        await ShowLogAsync([.. granted.Concat(refused)], cancellationToken);
        await ShowTraceAsync(granted[0], cancellationToken);
        Title("What the customer of that order is told, on the shop's account site");
        await new CustomerTour(certificates, ports.Partners).ShowAsync(order.CustomerId, cancellationToken);
        Title("Permission is asked for each record, each time: one opt-out in a running stream");
        await new OptOutTour(certificates, ports.Partners, shop).ShowAsync(cancellationToken);
        ShowNext(order, granted[0]);
    }

    private async Task<TourAnswer> AskAsync(string partner, string method, string request, string? purpose, CancellationToken cancellationToken)
    {
        using var channel = MutualTlsChannel.Open(certificates, partner, $"localhost:{ports.Partners}");
        return await TourCall.GetAsync(channel, partner, method, request, purpose, cancellationToken);
    }

    private async Task ShowLogAsync(TourAnswer[] answers, CancellationToken cancellationToken)
    {
        Title("The disclosure log: each call's entry was durable before its answer left");
        using var channel = MutualTlsChannel.Open(certificates, "security-analyst", $"localhost:{ports.Staff}");
        var client = new DisclosureLogService.DisclosureLogServiceClient(channel);
        var rows = new List<LogRow>();
        foreach (var answer in answers)
        {
            var found = await client.GetEntryAsync(new GetEntryRequest { Receipt = answer.Receipt }, cancellationToken: cancellationToken);
            rows.Add(LogRow.Of(found.Entry));
        }

        LogPrinter.Rows(OutputFormat.Table, rows);
    }

    private async Task ShowTraceAsync(TourAnswer answer, CancellationToken cancellationToken)
    {
        Title("One call, step by step");
        using var channel = MutualTlsChannel.Open(certificates, "security-analyst", $"localhost:{ports.Staff}");
        var trace = await new TraceService.TraceServiceClient(channel).GetTraceAsync(
            new GetTraceRequest { Receipt = answer.Receipt }, cancellationToken: cancellationToken);
        Output.Data(Waterfall.Draw(trace.Trace));
    }

    private void ShowNext(SampleOrder order, TourAnswer first)
    {
        var partners = ports.Partners == 8443 ? words : $"{words} --gateway localhost:{ports.Partners}";
        var staff = ports.Staff == 8444 ? words : $"{words} --gateway localhost:{ports.Staff}";
        Title("Try next, in another terminal (gateway = dotnet run --project src/Gateway --)");
        Output.Data($"gateway call PaymentService/GetCharge --as cedar-payments -d '{{\"order_id\":\"{order.OrderId}\"}}'{partners}");
        Output.Data($"gateway call ContractService/ExplainAccess --as cedar-payments -d '{{\"method\":\"GetCharge\"}}'{partners}");
        Output.Data($"gateway call PaymentService/GetCharge --as cedar-payments --purpose {Payment} -d '{{\"order_id\":\"{order.OrderId}\"}}'{partners}");
        Output.Data($"gateway call FulfilmentService/WatchShipments --as northgate-warehouse --count 300 --deadline 60{partners}");
        Output.Data($"gateway call MailingService/WatchSubscribers --as meridian-mail --count 300 --deadline 60{partners}");
        Output.Data($"gateway call SubjectService/ListDisclosures --as account-site --subject {order.CustomerId}{partners}");
        Output.Data($"gateway log tail{staff}");
        Output.Data($"gateway log show {first.Receipt}{staff}");
        Output.Data($"gateway log query --subject {order.CustomerId}{staff}");
        Output.Data($"gateway trace show {first.Receipt}{staff}");
        Output.Data($"gateway log prove {first.Receipt}{staff}");
        Output.Data($"gateway log verify{staff}");
    }

    private static void Title(string text)
    {
        Output.Data("");
        Output.Data(new Text($"── {text} ──\n", new Style(decoration: Decoration.Bold)));
    }
}
