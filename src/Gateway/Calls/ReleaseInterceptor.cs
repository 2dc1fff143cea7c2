using Gateway.Core.Exchange;
using Gateway.Listeners;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Gateway.Calls;

/// <summary>
/// Lets out only the very message that the pipeline marked as recorded. Anything else that a service returns or streams to a partner, by
/// mistake or on purpose, becomes INTERNAL and an alarm. Applies to every gRPC service, so that forgetting it is not possible; calls of
/// staff pass, because they come in on another listener.
/// </summary>
internal sealed class ReleaseInterceptor(ISafeguards safeguards) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        MarkRead(context);
        var response = await continuation(request, context);
        Check(response, context);
        return response;
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        MarkRead(context);
        await continuation(request, new Writer<TResponse>(this, responseStream, context), context);
        if (context.GetHttpContext().Features.Get<BlockedAnswer>() is not null)
        {
            // The service swallowed the refusal of its message; the caller is not to take what it got for the whole.
            throw Fault();
        }
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        IsPartner(context) ? throw Block(context) : continuation(requestStream, context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        IsPartner(context) ? throw Block(context) : continuation(requestStream, responseStream, context);

    // gRPC reads and parses a request before any interceptor runs.
    private static void MarkRead(ServerCallContext context) => context.GetHttpContext().Features.Set(new ReadRequest());

    private void Check(object? message, ServerCallContext context)
    {
        if (IsPartner(context) && context.GetHttpContext().Features.Get<OpenCall>()?.MayLeave(message) != true)
        {
            throw Block(context);
        }
    }

    // A connection without the feature is not one of ours: judged as a partner's.
    private static bool IsPartner(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<ListenerFeature>()?.Kind != ListenerKind.Staff;

    private RpcException Block(ServerCallContext context)
    {
        context.GetHttpContext().Features.Set(new BlockedAnswer());
        safeguards.UnrecordedAnswerBlocked(context.GetHttpContext().Features.Get<OpenCall>()?.Method?.FullName ?? "_OTHER");
        return Fault();
    }

    private static RpcException Fault()
    {
        var row = Refusals.Of(RefusalReason.InternalFault);
        return new RpcException(new Status(row.Status, row.Sentence));
    }

    private sealed class Writer<T>(ReleaseInterceptor owner, IServerStreamWriter<T> inner, ServerCallContext context) : IServerStreamWriter<T>
        where T : class
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(T message)
        {
            owner.Check(message, context);
            return inner.WriteAsync(message);
        }

        public Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            owner.Check(message, context);
            return inner.WriteAsync(message, cancellationToken);
        }
    }
}

/// <summary>Set on a call whose answer was blocked, so that its record tells a fault of ours.</summary>
internal sealed class BlockedAnswer;

/// <summary>Set on a call whose request was read and parsed, so that a later failure is known for a fault of ours.</summary>
internal sealed class ReadRequest;
