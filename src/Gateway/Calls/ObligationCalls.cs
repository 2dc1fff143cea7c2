using Gateway.Core.Exchange;
using Gateway.Obligations;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Gateway.Calls;

/// <summary>What a partner owes for data that it was given: from gRPC's context to notices and deletions, on the path of its own contract.</summary>
internal sealed class ObligationCalls(
    OwnContract own, OwnContractStream streams, PartnerNotices notices, Deletions deletions, IHostApplicationLifetime lifetime)
{
    public Task<ListNoticesResponse> ListAsync(ListNoticesRequest request, ServerCallContext context) => AnswerAsync(
        context, call => Task.FromResult(notices.List(Partner(call), request)), (response, receipt) => response.Receipt = receipt);

    public async Task WatchAsync(IServerStreamWriter<WatchNoticesResponse> writer, ServerCallContext context)
    {
        var call = PartnerCalls.Identified(context);
        var refusal = await streams.RunAsync(
            call,
            notices.Watch(Partner(call)),
            (message, receipt) => ((WatchNoticesResponse)message).Receipt = receipt,
            (message, cancellationToken) => writer.WriteAsync((WatchNoticesResponse)message, cancellationToken),
            lifetime.ApplicationStopping,
            context.CancellationToken);
        if (refusal is not null)
        {
            throw RefusalStatus.Exception(refusal, call.Open);
        }
    }

    public Task<AcknowledgeNoticeResponse> AcknowledgeAsync(AcknowledgeNoticeRequest request, ServerCallContext context) => AnswerAsync(
        context, call => notices.AcknowledgeAsync(Partner(call), call.Open.Receipt, request), (response, receipt) => response.Receipt = receipt);

    public Task<ConfirmDeletionResponse> ConfirmAsync(ConfirmDeletionRequest request, ServerCallContext context) => AnswerAsync(
        context,
        call => deletions.ConfirmAsync(Partner(call), call.Open.Receipt, request, context.CancellationToken),
        (response, receipt) => response.Receipt = receipt);

    private async Task<T> AnswerAsync<T>(ServerCallContext context, Func<IdentifiedCall, Task<Outcome<T>>> act, Action<T, Receipt> sign)
        where T : class, IMessage
    {
        var call = PartnerCalls.Identified(context);
        var outcome = await own.ActAsync(
            call,
            async () => (await act(call)).Passed(out var response, out var refused) ? Outcome<IMessage>.Of(response) : refused,
            (message, receipt) => sign((T)message, receipt),
            context.CancellationToken);
        return outcome.Passed(out var answer, out var refusal) ? (T)answer : throw RefusalStatus.Exception(refusal, call.Open);
    }

    private static string Partner(IdentifiedCall call) => call.Contract.Contract.Partner.Id;
}
