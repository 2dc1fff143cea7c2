using System.Diagnostics;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Sqlite.Spans;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>Recent calls step by step, for staff that may read traces. The staff listener only.</summary>
[Authorize(Policy = Policy)]
internal sealed class TraceService(SpanStore store, SpanReader reader) : Protos.Admin.V1.TraceService.TraceServiceBase
{
    /// <summary>The authorization policy: the staff permission of that name.</summary>
    public const string Policy = nameof(StaffPermission.ReadTraces);

    private const int DefaultPage = 50;
    private const int LargestPage = 1000;

    public override async Task<GetTraceResponse> GetTrace(GetTraceRequest request, ServerCallContext context)
    {
        // A call that has just ended is still on its way to the file.
        await store.FlushAsync(context.CancellationToken);
        var trace = request.NameCase switch
        {
            GetTraceRequest.NameOneofCase.Receipt when ReceiptId.TryParse(request.Receipt, out var receipt) => reader.Find(receipt),
            GetTraceRequest.NameOneofCase.Trace when IsTraceId(request.Trace) => reader.Find(ActivityTraceId.CreateFromString(request.Trace)),
            _ => throw new RpcException(new Status(
                StatusCode.InvalidArgument, "Name a receipt (a UUID in its canonical form) or a trace (32 lower-case hex digits).")),
        };
        return trace is null
            ? throw new RpcException(new Status(
                StatusCode.NotFound, "No such trace is kept: it is older than the span store's bounds, was dropped, or never was."))
            : new GetTraceResponse { Trace = trace };
    }

    public override async Task<ListTracesResponse> ListTraces(ListTracesRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > LargestPage)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"page_size must be 1 to {LargestPage}, or unset."));
        }

        await store.FlushAsync(context.CancellationToken);
        return new ListTracesResponse { Traces = { reader.List(request, request.PageSize == 0 ? DefaultPage : request.PageSize) } };
    }

    private static bool IsTraceId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);
}
