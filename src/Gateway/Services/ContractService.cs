using Gateway.Calls;
using Gateway.Protos.Contract.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class ContractService(ContractCalls calls) : Protos.Contract.V1.ContractService.ContractServiceBase
{
    public override Task<DescribeContractResponse> DescribeContract(DescribeContractRequest request, ServerCallContext context) =>
        calls.DescribeAsync(context);

    public override Task<ExplainAccessResponse> ExplainAccess(ExplainAccessRequest request, ServerCallContext context) =>
        calls.ExplainAsync(request, context);
}
