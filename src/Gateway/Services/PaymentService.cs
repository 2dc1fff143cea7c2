using Gateway.Calls;
using Gateway.Protos.Payment.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class PaymentService(PartnerCalls calls) : Protos.Payment.V1.PaymentService.PaymentServiceBase
{
    public override Task<GetChargeResponse> GetCharge(GetChargeRequest request, ServerCallContext context) =>
        calls.AnswerAsync<GetChargeResponse>(request, context);

    public override Task<BatchGetChargesResponse> BatchGetCharges(BatchGetChargesRequest request, ServerCallContext context) =>
        calls.AnswerAsync<BatchGetChargesResponse>(request, context);

    public override Task<ListChargesResponse> ListCharges(ListChargesRequest request, ServerCallContext context) =>
        calls.AnswerAsync<ListChargesResponse>(request, context);

    public override Task WatchCharges(WatchChargesRequest request, IServerStreamWriter<WatchChargesResponse> responseStream, ServerCallContext context) =>
        calls.StreamAsync(request, responseStream, context);
}
