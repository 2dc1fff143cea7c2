using Gateway.Core.Exchange;
using Gateway.Core.Identity;

namespace Gateway.Calls;

/// <summary>
/// The gate: decides before the body is read whether the caller may call the method at all. What passes has an
/// <see cref="IdentifiedCall"/> among its features; no service answers without one.
/// </summary>
internal sealed class PassGate(RequestDelegate next, Pipeline pipeline, PlanHolder plans, StandingHolder standing, TimeProvider clock)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var open = context.Features.Get<OpenCall>() ?? throw new InvalidOperationException("RecordEveryCall comes first.");
        var outcome = IdentifiedCall.Gate(open, plans.Current, standing.Current, clock.GetUtcNow());
        if (!outcome.Passed(out var call, out var refusal))
        {
            RefusalStatus.Write(context, await pipeline.RefuseAsync(open, refusal), open);
            return;
        }

        if (!IsGrpc(context.Request))
        {
            RefusalStatus.Write(context, await pipeline.RefuseAsync(open, new Refusal(RefusalReason.InvalidRequest)), open);
            return;
        }

        context.Features.Set(call);
        await next(context);
    }

    private static bool IsGrpc(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && request.ContentType is { } type
        && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
        && (type.Length == 16 || type[16] is '+' or ';');
}
