using Gateway.Calls;
using Gateway.Protos.Delivery.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class DigitalDeliveryService(PartnerCalls calls) : Protos.Delivery.V1.DigitalDeliveryService.DigitalDeliveryServiceBase
{
    public override Task<GetDownloadResponse> GetDownload(GetDownloadRequest request, ServerCallContext context) =>
        calls.AnswerAsync<GetDownloadResponse>(request, context);

    public override Task<BatchGetDownloadsResponse> BatchGetDownloads(BatchGetDownloadsRequest request, ServerCallContext context) =>
        calls.AnswerAsync<BatchGetDownloadsResponse>(request, context);

    public override Task<ListDownloadsResponse> ListDownloads(ListDownloadsRequest request, ServerCallContext context) =>
        calls.AnswerAsync<ListDownloadsResponse>(request, context);

    public override Task WatchDownloads(
        WatchDownloadsRequest request, IServerStreamWriter<WatchDownloadsResponse> responseStream, ServerCallContext context) =>
        calls.StreamAsync(request, responseStream, context);
}
