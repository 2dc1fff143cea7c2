using Gateway.Calls;
using Gateway.Protos.Shipping.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class ShippingService(PartnerCalls calls) : Protos.Shipping.V1.ShippingService.ShippingServiceBase
{
    public override Task<GetParcelResponse> GetParcel(GetParcelRequest request, ServerCallContext context) =>
        calls.AnswerAsync<GetParcelResponse>(request, context);

    public override Task<BatchGetParcelsResponse> BatchGetParcels(BatchGetParcelsRequest request, ServerCallContext context) =>
        calls.AnswerAsync<BatchGetParcelsResponse>(request, context);

    public override Task<ListParcelsResponse> ListParcels(ListParcelsRequest request, ServerCallContext context) =>
        calls.AnswerAsync<ListParcelsResponse>(request, context);

    public override Task WatchParcels(WatchParcelsRequest request, IServerStreamWriter<WatchParcelsResponse> responseStream, ServerCallContext context) =>
        calls.StreamAsync(request, responseStream, context);
}
