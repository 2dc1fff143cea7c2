using Gateway.Authentication;
using Gateway.Core.Log;
using Gateway.Incidents;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>What left in an incident, for staff. Each use is recorded before anything is read. Staff listener only.</summary>
internal sealed class IncidentService(IncidentReader reader, ISubjectIdentities identities, AdministrationLog administration)
    : Protos.Admin.V1.IncidentService.IncidentServiceBase
{
    /// <summary>Customers a message: well below what a client takes by default.</summary>
    private const int Block = 500;

    [Authorize(Policy = StaffPolicies.ReadLog)]
    public override async Task<GetReportResponse> GetReport(GetReportRequest request, ServerCallContext context)
    {
        var incident = await BeginAsync("incident.report", request.Incident, reason: "", context);
        return await reader.ReportAsync(incident, context.CancellationToken);
    }

    [Authorize(Policy = StaffPolicies.Reidentify)]
    public override async Task ListCustomers(
        ListCustomersRequest request, IServerStreamWriter<ListCustomersResponse> responseStream, ServerCallContext context)
    {
        var incident = await BeginAsync("incident.reidentify", request.Incident, StaffRequest.Reason(request.Reason), context);
        var counts = new CustomerCounts { EntriesBehind = await reader.CatchUpAsync(context.CancellationToken) };
        var customers = await reader.CustomersAsync(incident, context.CancellationToken);
        counts.Incomplete = customers.Incomplete;
        foreach (var block in customers.All.Chunk(Block))
        {
            var response = new ListCustomersResponse();
            foreach (var (pseudonym, releases) in block)
            {
                if (await NameAsync(pseudonym, counts) is { } customer)
                {
                    customer.RecordsReleased = releases.Records;
                    customer.First = releases.First;
                    customer.Last = releases.Last;
                    response.Customers.Add(customer);
                }
            }

            await responseStream.WriteAsync(response, context.CancellationToken);
        }

        await responseStream.WriteAsync(new ListCustomersResponse { Counts = counts }, context.CancellationToken);
    }

    /// <summary>The customer as the list shows them; null where they were forgotten, and are counted only.</summary>
    private async ValueTask<ConcernedCustomer?> NameAsync(Pseudonym pseudonym, CustomerCounts counts)
    {
        SubjectIdentity? identity;
        try
        {
            identity = await identities.FindIdentityAsync(pseudonym);
        }
        catch (LogUnavailableException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The store of subject keys cannot answer. See the gateway's health, and ask again."));
        }

        if (identity is null)
        {
            counts.Forgotten++;
            return null;
        }

        if (identity.SubjectId is null)
        {
            counts.Unknown++;
        }
        else
        {
            counts.Named++;
        }

        return new ConcernedCustomer { SubjectId = identity.SubjectId ?? "", Pseudonym = pseudonym.ToString() };
    }

    private async ValueTask<IncidentScope> BeginAsync(string action, Incident? asked, string reason, ServerCallContext context)
    {
        var actor = StaffRequest.Actor(context);
        try
        {
            var incident = IncidentScope.Of(asked);
            await administration.RecordAsync(new Entry.Types.Administration
            {
                Actor = actor, Action = action, Target = incident.Described, Reason = reason,
            });
            return incident;
        }
        catch (InvalidFilterException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
        catch (LogUnavailableException)
        {
            throw new RpcException(new Status(
                StatusCode.Unavailable, "This reading cannot be recorded now, so it is not answered. Retry, or see the gateway's health."));
        }
    }
}
