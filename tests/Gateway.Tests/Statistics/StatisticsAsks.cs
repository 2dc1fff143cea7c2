using Gateway.Protos.Statistics.V1;
using Gateway.Tests.Running;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Tests.Statistics;

/// <summary>Calls for statistics as tests make them.</summary>
internal static class StatisticsAsks
{
    public const string Prism = "prism-statistics";
    public const string Purpose = "analytics.reporting.content_performance";

    public static AsyncUnaryCall<GetStatisticsResponse> Statistics(this GrpcChannel channel, GetStatisticsRequest request, Metadata? headers = null) =>
        new StatisticsService.StatisticsServiceClient(channel).GetStatisticsAsync(
            request, headers, TimeProvider.System.GetUtcNow().UtcDateTime + PartnerAsks.Patience, TestContext.Current.CancellationToken);

    public static AsyncUnaryCall<GetStatisticsResponse> Month(this GrpcChannel channel, Figure figure, DateTimeOffset month) =>
        channel.Statistics(new GetStatisticsRequest { Figure = figure, Month = new CalendarMonth { Year = month.Year, Month = month.Month } });

    /// <summary>The answer's bytes without its receipt.</summary>
    public static byte[] WithoutReceipt(this GetStatisticsResponse table)
    {
        var copy = table.Clone();
        copy.Receipt = null;
        return copy.ToByteArray();
    }
}
