using Gateway.Calls;
using Gateway.Protos.Contract.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class ContractService(ContractCalls calls, ObligationCalls obligations) : Protos.Contract.V1.ContractService.ContractServiceBase
{
    public override Task<DescribeContractResponse> DescribeContract(DescribeContractRequest request, ServerCallContext context) =>
        calls.DescribeAsync(context);

    public override Task<ExplainAccessResponse> ExplainAccess(ExplainAccessRequest request, ServerCallContext context) =>
        calls.ExplainAsync(request, context);

    public override Task<ListNoticesResponse> ListNotices(ListNoticesRequest request, ServerCallContext context) =>
        obligations.ListAsync(request, context);

    public override Task WatchNotices(WatchNoticesRequest request, IServerStreamWriter<WatchNoticesResponse> responseStream, ServerCallContext context) =>
        obligations.WatchAsync(responseStream, context);

    public override Task<AcknowledgeNoticeResponse> AcknowledgeNotice(AcknowledgeNoticeRequest request, ServerCallContext context) =>
        obligations.AcknowledgeAsync(request, context);

    public override Task<ConfirmDeletionResponse> ConfirmDeletion(ConfirmDeletionRequest request, ServerCallContext context) =>
        obligations.ConfirmAsync(request, context);
}
