using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Protos.Subject.V1;
using Gateway.Requests;
using Google.Protobuf.WellKnownTypes;
using Asked = Gateway.Core.Requests;

namespace Gateway.Subjects;

/// <summary>A customer's own requests: brings them to the desk, and tells where they stand.</summary>
internal sealed class SubjectRequests(RequestDesk desk)
{
    public async ValueTask<Outcome<SubjectAnswer>> CorrectAsync(SubjectCall call, RequestCorrectionRequest asked, CancellationToken cancellationToken)
    {
        var response = new RequestCorrectionResponse();
        return await OpenAsync(
            call,
            new NewRequest(call.SubjectId, Asked.RequestKind.Rectification, asked.Record, [.. asked.Fields], asked.Statement, Actor(call)),
            request =>
            {
                response.Request = request;
                return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["request"]) { Keeps = true };
            },
            cancellationToken);
    }

    public async ValueTask<Outcome<SubjectAnswer>> EraseAsync(SubjectCall call, RequestErasureRequest asked, CancellationToken cancellationToken)
    {
        var response = new RequestErasureResponse();
        return await OpenAsync(
            call,
            new NewRequest(call.SubjectId, Asked.RequestKind.Erasure, Record: "", [], asked.Statement, Actor(call)),
            request =>
            {
                response.Request = request;
                return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["request"]) { Keeps = true };
            },
            cancellationToken);
    }

    public async ValueTask<Outcome<SubjectAnswer>> ListAsync(SubjectCall call, CancellationToken cancellationToken)
    {
        try
        {
            var requests = await desk.ListOfAsync(call.SubjectId, cancellationToken);
            var response = new ListRequestsResponse { Requests = { requests.Select(Tell) } };
            return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["requests"]);
        }
        catch (RequestException e)
        {
            return RefusalOf(e);
        }
    }

    private async ValueTask<Outcome<SubjectAnswer>> OpenAsync(
        SubjectCall call, NewRequest asked, Func<Request, SubjectAnswer> answer, CancellationToken cancellationToken)
    {
        try
        {
            return answer(Tell(await desk.OpenAsync(asked, cancellationToken)));
        }
        catch (RequestException e)
        {
            return RefusalOf(e);
        }
    }

    private static Refusal RefusalOf(RequestException e) => e.Failure switch
    {
        // The desk's words name records and fields of the protos only.
        RequestFailure.Invalid => new Refusal(RefusalReason.InvalidRequest, Field: e.Field == "words" ? "statement" : e.Field ?? "request", Detail: e.Message),
        RequestFailure.TooMany => new Refusal(RefusalReason.InvalidRequest, Field: "request", Detail: e.Message),
        _ => throw new LogUnavailableException("A customer's request could not be kept or read.", e),
    };

    private static string Actor(SubjectCall call) => call.Call.Contract.Contract.Partner.Id;

    private static Request Tell(Asked.CustomerRequest request) => new()
    {
        Id = request.Id.ToString("D"),
        Kind = request.Kind == Asked.RequestKind.Erasure ? RequestKind.Erasure : RequestKind.Correction,
        State = request.State switch
        {
            Asked.RequestState.Done => RequestState.Done,
            Asked.RequestState.Refused => RequestState.Refused,
            _ => RequestState.Open,
        },
        Made = Timestamp.FromDateTimeOffset(request.Opened),
        Due = Timestamp.FromDateTimeOffset(request.Due),
        Answered = request.End is { } end ? Timestamp.FromDateTimeOffset(end.At) : null,
        Answer = request.End?.Resolution ?? "",
    };
}
