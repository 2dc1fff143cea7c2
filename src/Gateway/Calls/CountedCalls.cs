using Gateway.Core.Exchange;
using Gateway.Protos.Statistics.V1;
using Grpc.Core;

namespace Gateway.Calls;

/// <summary>What the service of statistics calls: from gRPC's context to its path and back.</summary>
internal sealed class CountedCalls(StatisticsCalls statistics)
{
    public async Task<GetStatisticsResponse> AnswerAsync(GetStatisticsRequest request, ServerCallContext context)
    {
        var call = PartnerCalls.Identified(context);
        var outcome = await statistics.AnswerAsync(call, request, context.CancellationToken);
        return outcome.Passed(out var table, out var refusal) ? table : throw RefusalStatus.Exception(refusal, call.Open);
    }
}
