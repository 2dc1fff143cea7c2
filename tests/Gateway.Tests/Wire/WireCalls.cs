using Gateway.Core.Annotations;
using Gateway.Tests.Running;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Tests.Wire;

/// <summary>How one call ended: the response messages as the bytes that came, or a refusal.</summary>
/// <param name="Status">The gRPC status.</param>
/// <param name="Detail">Its text.</param>
/// <param name="Messages">The response messages, undecoded.</param>
/// <param name="Trailers">The trailers, or the headers of a trailers-only answer.</param>
internal sealed record WireAnswer(StatusCode Status, string Detail, IReadOnlyList<byte[]> Messages, Metadata Trailers)
{
    private const string Details = "grpc-status-details-bin";

    /// <summary>The reason of the ErrorInfo; empty on a release.</summary>
    public string Reason => Rich?.GetDetail<ErrorInfo>()?.Reason ?? "";

    /// <summary>The field of the BadRequest; empty where there is none.</summary>
    public string Field => Rich?.GetDetail<BadRequest>()?.FieldViolations.Single().Field ?? "";

    private Google.Rpc.Status? Rich => Trailers.FirstOrDefault(t => t.Key == Details) is { } trailer
        ? Google.Rpc.Status.Parser.ParseFrom(trailer.ValueBytes)
        : null;

    /// <summary>All that a refusal tells, but for the receipt id and the instant: what two refusals can be compared by.</summary>
    public string Face => $"{Status} {Detail} " + string.Join(' ', Trailers
        .Where(t => t.Key is not ("gateway-receipt" or "date"))
        .Select(t => t.Key + "=" + (t.IsBinary ? Convert.ToHexString(t.ValueBytes) : t.Value))
        .Append(Trailers.Get("gateway-receipt")?.Value.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}

/// <summary>
/// Calls as one partner and shows what is on the wire: no generated code between. A connection is given up before its refusals would
/// have it cut.
/// </summary>
internal sealed class WireCalls(RunningGateway gateway, string partner) : IDisposable
{
    private const int CallsPerConnection = 300;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create(static b => b, static b => b);

    private readonly Lock _lock = new();
    private readonly List<GrpcChannel> _channels = [];
    private int _calls;

    public async Task<WireAnswer> UnaryAsync(ServiceMethod method, byte[] request, string? purpose, string? mask)
    {
        using var call = Invoker().AsyncUnaryCall(Method(method, MethodType.Unary), host: null, Options(purpose, mask), request);
        try
        {
            var response = await call.ResponseAsync;
            return new WireAnswer(StatusCode.OK, "", [response], call.GetTrailers());
        }
        catch (RpcException e)
        {
            return new WireAnswer(e.StatusCode, e.Status.Detail, [], e.Trailers);
        }
    }

    /// <summary>Reads a stream until it ends, <paramref name="enough"/> messages came, or nothing came for a minute.</summary>
    public async Task<WireAnswer> StreamAsync(ServiceMethod method, byte[] request, string? purpose, string? mask, int enough)
    {
        using var call = Invoker().AsyncServerStreamingCall(Method(method, MethodType.ServerStreaming), host: null, Options(purpose, mask), request);
        var messages = new List<byte[]>();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        try
        {
            patience.CancelAfter(s_patience);
            while (messages.Count < enough && await call.ResponseStream.MoveNext(patience.Token))
            {
                messages.Add(call.ResponseStream.Current);
                patience.CancelAfter(s_patience);
            }

            return new WireAnswer(StatusCode.OK, "", messages, []);
        }
        catch (RpcException e)
        {
            return new WireAnswer(e.StatusCode, e.Status.Detail, messages, e.Trailers);
        }
    }

    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
    }

    private static Method<byte[], byte[]> Method(ServiceMethod method, MethodType type) =>
        new(type, method.Descriptor.Service.FullName, method.Name, s_bytes, s_bytes);

    private static CallOptions Options(string? purpose, string? mask)
    {
        var headers = new Metadata();
        if (purpose is not null)
        {
            headers.Add("gateway-purpose", purpose);
        }

        if (mask is not null)
        {
            headers.Add("gateway-read-mask", mask);
        }

        return new CallOptions(headers, cancellationToken: TestContext.Current.CancellationToken);
    }

    private CallInvoker Invoker()
    {
        lock (_lock)
        {
            if (_calls++ % CallsPerConnection == 0)
            {
                _channels.Add(gateway.As(partner));
            }

            return _channels[^1].CreateCallInvoker();
        }
    }
}
