using Gateway.Core.Exchange;
using Google.Protobuf;
using Grpc.Core;

namespace Gateway.Calls;

/// <summary>What the one-line services call: from gRPC's context to the pipeline and back.</summary>
internal sealed class PartnerCalls(Pipeline pipeline, Watcher watcher, IHostApplicationLifetime lifetime)
{
    /// <summary>Get, BatchGet, List.</summary>
    public async Task<TResponse> AnswerAsync<TResponse>(IMessage request, ServerCallContext context)
        where TResponse : class, IMessage
    {
        var call = Identified(context);
        var outcome = await pipeline.AnswerAsync(call, request, context.CancellationToken);
        return outcome.Passed(out var response, out var refusal) ? (TResponse)response : throw RefusalStatus.Exception(refusal, call.Open);
    }

    /// <summary>Watch.</summary>
    public async Task StreamAsync<TResponse>(IMessage request, IServerStreamWriter<TResponse> writer, ServerCallContext context)
        where TResponse : class, IMessage
    {
        var call = Identified(context);
        var refusal = await watcher.RunAsync(
            call,
            request,
            (message, cancellationToken) => writer.WriteAsync((TResponse)message, cancellationToken),
            lifetime.ApplicationStopping,
            context.CancellationToken);
        if (refusal is not null)
        {
            throw RefusalStatus.Exception(refusal, call.Open);
        }
    }

    /// <summary>The caller's own contract.</summary>
    public static IdentifiedCall Identified(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<IdentifiedCall>()
        ?? throw new InvalidOperationException("A partner service was reached without passing the gate.");
}
