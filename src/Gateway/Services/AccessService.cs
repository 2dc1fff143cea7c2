using Gateway.Authentication;
using Gateway.Contracts;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>What partners may get and what of it they got, for staff. Each reading is recorded before it is answered. Staff listener only.</summary>
[Authorize(Policy = StaffPolicies.ReadContracts)]
[Authorize(Policy = StaffPolicies.ReadLog)]
internal sealed class AccessService(
    ILogReader log, SqliteLogIndex index, SnapshotHolder contracts, Catalogue catalogue, AdministrationLog administration, TimeProvider clock)
    : Protos.Admin.V1.AccessService.AccessServiceBase
{
    private const int DefaultDays = 30;
    private const int MostDays = 366;

    /// <summary>The matrix is to be whole: it waits for the index longer than a query does.</summary>
    private static readonly TimeSpan s_catchUp = TimeSpan.FromSeconds(10);

    public override async Task<GetMatrixResponse> GetMatrix(GetMatrixRequest request, ServerCallContext context)
    {
        var stop = context.CancellationToken;
        var days = request.Days == 0 ? DefaultDays : request.Days;
        if (days is < 1 or > MostDays)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"`days` is 1 to {MostDays}."));
        }

        await RecordAsync(StaffRequest.Actor(context), days);
        var behind = await index.CatchUpAsync(s_catchUp, clock, stop);
        var (snapshot, now) = (contracts.Current, clock.GetUtcNow());
        var since = now.AddDays(-days);
        var matrix = new AccessMatrix(catalogue);
        matrix.AddGranted(snapshot, now);
        var scopes = new LoggedScopes(log);
        foreach (var use in index.CountUses(since, stop))
        {
            if (await scopes.FindAsync(use.Scope, stop) is { } scope)
            {
                matrix.AddUsed(use.Partner, scope, use.Answers, use.Last);
            }
        }

        var response = new GetMatrixResponse
        {
            Revision = snapshot.Revision,
            Made = Timestamp.FromDateTimeOffset(now),
            Since = Timestamp.FromDateTimeOffset(since),
            LogBegins = await log.ReadAsync(index.Minimum, limit: 1, stop) is [var first, ..] ? Entry.Parser.ParseFrom(first.Bytes).Time : null,
            EntriesBehind = behind,
        };
        response.Accesses.Add(matrix.Rows);
        return response;
    }

    private async Task RecordAsync(string actor, int days)
    {
        try
        {
            await administration.RecordAsync(new Entry.Types.Administration
            {
                Actor = actor, Action = "access.matrix", Target = $"{days} days",
            });
        }
        catch (LogUnavailableException)
        {
            throw new RpcException(new Status(
                StatusCode.Unavailable, "This reading cannot be recorded now, so it is not answered. Retry, or see the gateway's health."));
        }
    }
}
