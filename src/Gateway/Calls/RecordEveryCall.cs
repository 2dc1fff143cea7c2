using Gateway.Core.Annotations;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Gateway.Calls;

/// <summary>
/// Outermost on the partner listener: opens the call, and sees to it that whatever ends it (an unknown method, an unreadable or oversized
/// body, a fault below) leaves a record.
/// </summary>
internal sealed class RecordEveryCall(RequestDelegate next, Pipeline pipeline, TimeProvider clock)
{
    /// <summary>The longest a call may take, and what one without a deadline gets. Streams end with their connection instead.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(30);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<PeerConnection>() is not { } connection)
        {
            // The handshake sets it; without it nobody is there to answer.
            context.Abort();
            return;
        }

        var method = context.GetEndpoint()?.Metadata.GetMetadata<ServiceMethod>();
        var arrived = clock.GetUtcNow();
        var headers = context.Request.Headers;
        using var trace = CallTrace.Start(method, Single(headers, "traceparent"));
        var open = new OpenCall(connection, method, trace, arrived)
        {
            Purpose = Joined(headers, CallMetadata.Purpose),
            ReadMask = Joined(headers, Core.Minimisation.ReadMask.MetadataKey),
            SubjectAssertion = Single(headers, Core.Subjects.SubjectAccess.MetadataKey),
            Deadline = CapDeadline(headers, method, arrived),
        };
        context.Features.Set(open);
        try
        {
            await next(context);
        }
        finally
        {
            if (!open.Settled)
            {
                await RecordEndAsync(context, open);
            }
        }
    }

    private async Task RecordEndAsync(HttpContext context, OpenCall open)
    {
        var reason = context.RequestAborted.IsCancellationRequested ? RefusalReason.Cancelled
            : context.Features.Get<BlockedAnswer>() is not null ? RefusalReason.InternalFault
            : Status(context) switch
            {
                "4" => RefusalReason.Deadline,
                "1" => RefusalReason.Cancelled,
                // Past the gate and never at a service: gRPC itself could not read it. Too large, not protobuf, an unknown compression.
                _ when context.Features.Get<IdentifiedCall>() is not null && context.Features.Get<ReadRequest>() is null => RefusalReason.InvalidRequest,
                _ => RefusalReason.InternalFault,
            };
        var refusal = await pipeline.RefuseAsync(open, new Refusal(reason));
        if (!context.Response.HasStarted)
        {
            RefusalStatus.Write(context, refusal, open);
        }
    }

    private static string? Status(HttpContext context)
    {
        var trailers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        return trailers is not null && trailers.TryGetValue("grpc-status", out var trailer) ? trailer.ToString()
            : context.Response.Headers.TryGetValue("grpc-status", out var header) ? header.ToString()
            : null;
    }

    // gRPC reads grpc-timeout itself, after this.
    private static DateTimeOffset CapDeadline(IHeaderDictionary headers, ServiceMethod? method, DateTimeOffset now)
    {
        var asked = GrpcTimeout.Parse(Single(headers, GrpcTimeout.Header));
        if (method?.Streams == true)
        {
            return asked is { } stream ? now + stream : DateTimeOffset.MaxValue;
        }

        if (asked is not { } within || within > MaxDuration)
        {
            headers[GrpcTimeout.Header] = GrpcTimeout.Format(MaxDuration);
            within = MaxDuration;
        }

        return now + within;
    }

    // Repeated metadata is one value with commas (gRPC over HTTP/2). Dropping it would widen: a mask sent twice must still narrow.
    private static string? Joined(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out StringValues values) ? values.ToString() : null;

    private static string? Single(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out StringValues values) && values.Count == 1 ? values[0] : null;
}
