using Gateway.Calls;
using Gateway.Protos.Statistics.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class StatisticsService(CountedCalls calls) : Protos.Statistics.V1.StatisticsService.StatisticsServiceBase
{
    public override Task<GetStatisticsResponse> GetStatistics(GetStatisticsRequest request, ServerCallContext context) =>
        calls.AnswerAsync(request, context);
}
