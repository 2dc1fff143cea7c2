using Gateway.Commands.Call;
using Gateway.Core.Exchange;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Demo.Tour;

/// <summary>What one call of the tour gave: a record with its receipt, or a refusal.</summary>
internal sealed record TourAnswer(string Partner, string Receipt, IMessage? Record, Scope? Scope, string? Refusal, string? Sentence);

/// <summary>Calls as a partner, over the wire like anybody.</summary>
internal static class TourCall
{
    public static async Task<TourAnswer> GetAsync(
        GrpcChannel channel, string partner, string method, string request, string? purpose, CancellationToken cancellationToken)
    {
        var target = PartnerMethod.Find(method);
        var options = PartnerCall.Options(new CallTerms(purpose, ReadMask: null, TimeSpan.FromSeconds(30)), cancellationToken);
        try
        {
            var response = await channel.CreateCallInvoker().AsyncUnaryCall(target.Method, host: null, options, target.ParseRequest(request));
            var fields = target.Descriptor.OutputType.Fields;
            var receipt = (Receipt)fields[15].Accessor.GetValue(response);
            var record = (IMessage)fields.InDeclarationOrder()[0].Accessor.GetValue(response);
            return new TourAnswer(partner, receipt.Id, record, receipt.Scope, null, null);
        }
        catch (RpcException e) when (e.GetRpcStatus()?.GetDetail<ErrorInfo>() is { } info)
        {
            return new TourAnswer(partner, e.Trailers.GetValue(CallMetadata.Receipt) ?? "", null, null, info.Reason, e.Status.Detail);
        }
    }
}
