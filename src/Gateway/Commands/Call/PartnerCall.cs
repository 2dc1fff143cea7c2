using Gateway.Calls;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Commands.Call;

/// <summary>What a caller adds to a call.</summary>
internal sealed record CallTerms(string? Purpose, string? ReadMask, TimeSpan Deadline)
{
    /// <summary>For whom, on the account site's calls; null on any other.</summary>
    public string? SubjectAssertion { get; init; }
}

/// <summary>Calls, and prints what came back or why nothing did.</summary>
internal static class PartnerCall
{
    private static readonly JsonFormatter s_json = new(
        JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithIndentation());

    private static readonly JsonFormatter s_line = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    public static async Task<int> RunAsync(
        GrpcChannel channel, PartnerMethod target, IMessage request, CallTerms terms, int count, CancellationToken cancellationToken)
    {
        var invoker = channel.CreateCallInvoker();
        var options = Options(terms, cancellationToken);
        try
        {
            if (target.Method.Type == MethodType.Unary)
            {
                var response = await invoker.AsyncUnaryCall(target.Method, host: null, options, request);
                Output.Data(s_json.Format(response));
                if (target.Descriptor.OutputType.FindFieldByNumber(15)?.Accessor.GetValue(response) is Protos.Log.V1.Receipt receipt)
                {
                    Output.Note($"receipt {receipt.Id}");
                }

                return ExitCode.Ok;
            }

            using var call = invoker.AsyncServerStreamingCall(target.Method, host: null, options, request);
            for (var i = 0; i < count && await call.ResponseStream.MoveNext(cancellationToken); i++)
            {
                Output.Data(s_line.Format(call.ResponseStream.Current));
            }

            return ExitCode.Ok;
        }
        catch (RpcException e) when (target.Method.Type == MethodType.ServerStreaming && e.StatusCode is StatusCode.DeadlineExceeded or StatusCode.Cancelled)
        {
            return ExitCode.Ok;
        }
        catch (RpcException e)
        {
            return Explain(e);
        }
    }

    /// <summary>The call options of <paramref name="terms"/>.</summary>
    public static CallOptions Options(CallTerms terms, CancellationToken cancellationToken)
    {
        var metadata = new Metadata();
        if (terms.Purpose is { } purpose)
        {
            metadata.Add(Core.Exchange.CallMetadata.Purpose, purpose);
        }

        if (terms.ReadMask is { } mask)
        {
            metadata.Add(Core.Minimisation.ReadMask.MetadataKey, mask);
        }

        if (terms.SubjectAssertion is { } assertion)
        {
            metadata.Add(Core.Subjects.SubjectAccess.MetadataKey, assertion);
        }

#pragma warning disable RS0030 // gRPC's deadline is the client's own wall clock.
        return new CallOptions(metadata, DateTime.UtcNow + terms.Deadline, cancellationToken);
#pragma warning restore RS0030
    }

    private static int Explain(RpcException e)
    {
        var status = e.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        var receipt = e.Trailers.GetValue(Core.Exchange.CallMetadata.Receipt);
        if (info?.Domain != RefusalStatus.Domain)
        {
            throw new CommandFailure(
                ExitCode.CannotConnect,
                $"no answer from the gateway: {e.Status.StatusCode}: {e.Status.Detail}",
                "is it running, and is this certificate one it accepts? `gateway certs inspect FILE` tells");
        }

        var particulars = status?.GetDetail<BadRequest>()?.FieldViolations.Select(v => $" [{v.Field}: {v.Description}]").FirstOrDefault() ?? "";
        var retry = status?.GetDetail<RetryInfo>() is { } again ? $" Retry after {again.RetryDelay.ToTimeSpan().TotalSeconds:0.###} s." : "";
        throw new CommandFailure(
            ExitCode.Refused,
            $"refused: {info.Reason} ({e.StatusCode}): {e.Status.Detail}{particulars}{retry}",
            receipt is null ? null : $"receipt {receipt}; ContractService/ExplainAccess tells what the contract allows");
    }
}
