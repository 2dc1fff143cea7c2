using Gateway.Protos.Subject.V1;
using Gateway.Subjects;
using Grpc.Core;

namespace Gateway.Services;

internal sealed class SubjectService(SubjectCalls calls) : Protos.Subject.V1.SubjectService.SubjectServiceBase
{
    public override Task<GetSharedInformationResponse> GetSharedInformation(GetSharedInformationRequest request, ServerCallContext context) =>
        calls.GetSharedInformationAsync(context);

    public override Task<ListDisclosuresResponse> ListDisclosures(ListDisclosuresRequest request, ServerCallContext context) =>
        calls.ListDisclosuresAsync(request, context);

    public override Task<GetPreferencesResponse> GetPreferences(GetPreferencesRequest request, ServerCallContext context) =>
        calls.GetPreferencesAsync(context);

    public override Task<SetPreferencesResponse> SetPreferences(SetPreferencesRequest request, ServerCallContext context) =>
        calls.SetPreferencesAsync(request, context);

    public override Task<CreatePreferenceLinkResponse> CreatePreferenceLink(CreatePreferenceLinkRequest request, ServerCallContext context) =>
        calls.CreateLinkAsync(request, context);

    public override Task<RedeemPreferenceLinkResponse> RedeemPreferenceLink(RedeemPreferenceLinkRequest request, ServerCallContext context) =>
        calls.RedeemLinkAsync(request, context);

    public override Task<RequestCorrectionResponse> RequestCorrection(RequestCorrectionRequest request, ServerCallContext context) =>
        calls.RequestCorrectionAsync(request, context);

    public override Task<RequestErasureResponse> RequestErasure(RequestErasureRequest request, ServerCallContext context) =>
        calls.RequestErasureAsync(request, context);

    public override Task<ListRequestsResponse> ListRequests(ListRequestsRequest request, ServerCallContext context) => calls.ListRequestsAsync(context);
}
