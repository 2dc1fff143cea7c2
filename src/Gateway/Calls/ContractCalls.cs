using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Protos.Contract.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Gateway.Calls;

/// <summary>What a partner asks about its own contract.</summary>
internal sealed class ContractCalls(OwnContract own, TimeProvider clock)
{
    public Task<DescribeContractResponse> DescribeAsync(ServerCallContext context)
    {
        var call = PartnerCalls.Identified(context);
        var now = clock.GetUtcNow();
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var used = call.Contract.All.ToDictionary(g => g.Grant, g => g.SubjectsUsed(day));
        var response = ContractDescription.Of(
            call.Contract.Contract, call.Plan.Snapshot, call.Open.Connection.Identity, grant => used[grant], now);
        return AnswerAsync(call, response, receipt => response.Receipt = receipt, context);
    }

    public Task<ExplainAccessResponse> ExplainAsync(ExplainAccessRequest request, ServerCallContext context)
    {
        var call = PartnerCalls.Identified(context);
        var response = AccessExplanation.Of(call.Contract.Contract, PartnerServices.Catalogue, request);
        return AnswerAsync(call, response, receipt => response.Receipt = receipt, context);
    }

    private async Task<T> AnswerAsync<T>(IdentifiedCall call, T response, Action<Protos.Log.V1.Receipt> sign, ServerCallContext context)
        where T : class, IMessage
    {
        var outcome = await own.AnswerAsync(call, response, sign, context.CancellationToken);
        return outcome.Passed(out _, out var refusal) ? response : throw RefusalStatus.Exception(refusal, call.Open);
    }
}
