using Gateway.Calls;
using Gateway.Protos.Mailing.V1;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class MailingService(PartnerCalls calls) : Protos.Mailing.V1.MailingService.MailingServiceBase
{
    public override Task<GetSubscriberResponse> GetSubscriber(GetSubscriberRequest request, ServerCallContext context) =>
        calls.AnswerAsync<GetSubscriberResponse>(request, context);

    public override Task<ListSubscribersResponse> ListSubscribers(ListSubscribersRequest request, ServerCallContext context) =>
        calls.AnswerAsync<ListSubscribersResponse>(request, context);

    public override Task WatchSubscribers(
        WatchSubscribersRequest request, IServerStreamWriter<WatchSubscribersResponse> responseStream, ServerCallContext context) =>
        calls.StreamAsync(request, responseStream, context);
}
