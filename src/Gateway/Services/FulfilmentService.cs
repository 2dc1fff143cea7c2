using Gateway.Calls;
using Gateway.Protos.Fulfilment.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class FulfilmentService(PartnerCalls calls) : Protos.Fulfilment.V1.FulfilmentService.FulfilmentServiceBase
{
    public override Task<GetShipmentResponse> GetShipment(GetShipmentRequest request, ServerCallContext context) =>
        calls.AnswerAsync<GetShipmentResponse>(request, context);

    public override Task<BatchGetShipmentsResponse> BatchGetShipments(BatchGetShipmentsRequest request, ServerCallContext context) =>
        calls.AnswerAsync<BatchGetShipmentsResponse>(request, context);

    public override Task<ListShipmentsResponse> ListShipments(ListShipmentsRequest request, ServerCallContext context) =>
        calls.AnswerAsync<ListShipmentsResponse>(request, context);

    public override Task WatchShipments(WatchShipmentsRequest request, IServerStreamWriter<WatchShipmentsResponse> responseStream, ServerCallContext context) =>
        calls.StreamAsync(request, responseStream, context);
}
