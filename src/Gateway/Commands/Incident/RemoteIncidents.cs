using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;
using Grpc.Net.Client;

namespace Gateway.Commands.Incident;

/// <summary>Incidents through a gateway's staff listener.</summary>
internal sealed class RemoteIncidents(GrpcChannel channel)
{
    private readonly IncidentService.IncidentServiceClient _client = new(channel);

    /// <summary>The report; with a reason also the customers by the shop's ids.</summary>
    public async Task<IncidentReport> ReadAsync(Protos.Admin.V1.Incident incident, string? reason, CancellationToken cancellationToken)
    {
        // Who may not name customers learns so at once, and not after a long report.
        var named = reason is null ? null : await ExplainedCall.RunAsync(
            "Naming customers is for staff with the role privacy.", () => NameAsync(incident, reason, cancellationToken));
        var report = await ExplainedCall.RunAsync(
            "An incident's report is for staff with the role security or privacy.",
            () => _client.GetReportAsync(new GetReportRequest { Incident = incident }, cancellationToken: cancellationToken).ResponseAsync);
        return IncidentReport.Of(incident, report, named);
    }

    private async Task<NamedCustomers> NameAsync(Protos.Admin.V1.Incident incident, string reason, CancellationToken cancellationToken)
    {
        using var call = _client.ListCustomers(new ListCustomersRequest { Incident = incident, Reason = reason }, cancellationToken: cancellationToken);
        var customers = new List<ConcernedCustomer>();
        CustomerCounts? counts = null;
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            customers.AddRange(call.ResponseStream.Current.Customers);
            counts = call.ResponseStream.Current.Counts ?? counts;
        }

        return NamedCustomers.Of(
            reason, customers, counts ?? throw new CommandFailure(ExitCode.CannotConnect, "The gateway ended the list of customers before its end."));
    }
}
