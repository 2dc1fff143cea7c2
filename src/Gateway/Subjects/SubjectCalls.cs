using Gateway.Calls;
using Gateway.Core.Exchange;
using Gateway.Core.Subjects;
using Gateway.Protos.Subject.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Gateway.Subjects;

/// <summary>What the one-line service calls: from gRPC's context to the path of a subject's own calls and back.</summary>
internal sealed class SubjectCalls(
    OwnData own, HeldInformation held, DisclosureList disclosures, PreferenceDesk desk, PreferenceLinks links, SubjectRequests requests)
{
    private const int MostChanges = 50;

    public Task<GetSharedInformationResponse> GetSharedInformationAsync(ServerCallContext context) =>
        AnswerAsync<GetSharedInformationResponse>(context, async (call, cancellationToken) => await held.ReadAsync(call, cancellationToken));

    public Task<ListDisclosuresResponse> ListDisclosuresAsync(ListDisclosuresRequest request, ServerCallContext context) =>
        AnswerAsync<ListDisclosuresResponse>(context, (call, cancellationToken) => disclosures.PageAsync(call, request, cancellationToken));

    public Task<GetPreferencesResponse> GetPreferencesAsync(ServerCallContext context) =>
        AnswerAsync<GetPreferencesResponse>(context, async (call, cancellationToken) =>
        {
            var response = new GetPreferencesResponse();
            response.Preferences.Add(await desk.ListAsync(call.SubjectId, call.Call.Plan.Snapshot.Policy, cancellationToken));
            return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["preferences"]);
        });

    public Task<SetPreferencesResponse> SetPreferencesAsync(SetPreferencesRequest request, ServerCallContext context) =>
        AnswerAsync<SetPreferencesResponse>(context, async (call, cancellationToken) =>
        {
            if (request.Changes.Count is 0 or > MostChanges
                || request.Changes.DistinctBy(c => c.Topic, StringComparer.Ordinal).Count() != request.Changes.Count)
            {
                return Invalid("changes", "needs 1 to 50, each of another topic");
            }

            // All are looked at before any is kept.
            var policy = call.Call.Plan.Snapshot.Policy;
            var said = request.Changes.Select(c => (Topic: TopicOf(policy, c.Topic), State: PreferenceWords.Said(c.State))).ToArray();
            if (said.Any(s => s.Topic is null || s.State is null))
            {
                return Invalid("changes", "names a topic that GetPreferences does not list, or a state other than REQUESTED and OPTED_OUT");
            }

            foreach (var (topic, state) in said)
            {
                await desk.SayAsync(call.SubjectId, topic!, state!.Value, Partner(call), cancellationToken);
            }

            var response = new SetPreferencesResponse();
            response.Preferences.Add(await desk.ListAsync(call.SubjectId, policy, cancellationToken));
            return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["preferences"]) { Keeps = true };
        });

    public Task<CreatePreferenceLinkResponse> CreateLinkAsync(CreatePreferenceLinkRequest request, ServerCallContext context) =>
        AnswerAsync<CreatePreferenceLinkResponse>(context, (call, _) =>
        {
            var within = request.ExpiresInSeconds == 0 ? PreferenceLinks.Usual : TimeSpan.FromSeconds(request.ExpiresInSeconds);
            Outcome<SubjectAnswer> outcome = Invalid("expires_in_seconds", "is not within 60 to 7776000");
            if (within >= PreferenceLinks.Shortest && within <= PreferenceLinks.Longest)
            {
                outcome = TopicOf(call.Call.Plan.Snapshot.Policy, request.Topic) is not { } topic ? Invalid("topic", "is none that GetPreferences lists")
                    : PreferenceWords.Said(request.State) is not { } state ? Invalid("state", "is neither REQUESTED nor OPTED_OUT")
                    : Link(call, topic, state, within);
            }

            return ValueTask.FromResult(outcome);
        });

    public Task<RedeemPreferenceLinkResponse> RedeemLinkAsync(RedeemPreferenceLinkRequest request, ServerCallContext context)
    {
        var identified = PartnerCalls.Identified(context);
        var partner = identified.Contract.Contract.Partner.Id;
        PreferenceLink? link = null;
        return FinishAsync<RedeemPreferenceLinkResponse>(identified, own.AnswerAsync(
            identified,
            async now => (link = await links.OpenAsync(request.Token, partner, now, context.CancellationToken))?.SubjectId,
            PreferenceLinks.NoLink,
            async (call, cancellationToken) =>
            {
                // A topic that the policy has dropped since is none that anybody mails about.
                if (TopicOf(call.Call.Plan.Snapshot.Policy, link!.Topic) is not { } topic || !await links.UseAsync(link, topic, partner, cancellationToken))
                {
                    return PreferenceLinks.NoLink;
                }

                var response = new RedeemPreferenceLinkResponse { Title = topic.Title, State = PreferenceWords.ToWire(link.State) };
                return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["preferences"]) { Keeps = true };
            },
            context.CancellationToken));
    }

    public Task<RequestCorrectionResponse> RequestCorrectionAsync(RequestCorrectionRequest request, ServerCallContext context) =>
        AnswerAsync<RequestCorrectionResponse>(context, (call, cancellationToken) => requests.CorrectAsync(call, request, cancellationToken));

    public Task<RequestErasureResponse> RequestErasureAsync(RequestErasureRequest request, ServerCallContext context) =>
        AnswerAsync<RequestErasureResponse>(context, (call, cancellationToken) => requests.EraseAsync(call, request, cancellationToken));

    public Task<ListRequestsResponse> ListRequestsAsync(ServerCallContext context) =>
        AnswerAsync<ListRequestsResponse>(context, (call, cancellationToken) => requests.ListAsync(call, cancellationToken));

    private SubjectAnswer Link(SubjectCall call, Topic topic, Core.Permissions.PreferenceState state, TimeSpan within)
    {
        var (token, expires) = links.Make(Partner(call), call.SubjectId, topic, state, within);
        var response = new CreatePreferenceLinkResponse { Token = token, Expires = Timestamp.FromDateTimeOffset(expires) };
        return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["link"]);
    }

    private Task<T> AnswerAsync<T>(ServerCallContext context, Func<SubjectCall, CancellationToken, ValueTask<Outcome<SubjectAnswer>>> answer)
        where T : class, IMessage
    {
        var call = PartnerCalls.Identified(context);
        return FinishAsync<T>(call, own.AnswerAsync(call, answer, context.CancellationToken));
    }

    private static async Task<T> FinishAsync<T>(IdentifiedCall call, ValueTask<Outcome<IMessage>> answer)
        where T : class, IMessage =>
        (await answer).Passed(out var response, out var refusal) ? (T)response : throw RefusalStatus.Exception(refusal, call.Open);

    private static Topic? TopicOf(Core.Contracts.Policy policy, string id) => Topic.Of(policy).FirstOrDefault(t => t.Id == id);

    private static string Partner(SubjectCall call) => call.Call.Contract.Contract.Partner.Id;

    private static Refusal Invalid(string field, string detail) => new(RefusalReason.InvalidRequest, Field: field, Detail: detail);
}
