using System.CommandLine;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Requests;

/// <summary>A call of the request service as a member of staff: the options that its commands share, and how a request is printed.</summary>
internal sealed class RequestCall() : StaffClient<RequestService.RequestServiceClient>(
    "privacy-officer", "may not handle requests of customers: that is for staff with the role privacy.", channel => new(channel))
{
    private static readonly string[] s_columns = ["id", "kind", "state", "opened", "due", "record", "fields", "resolution"];

    public RequestCall AddTo(Command command)
    {
        AddOptions(command);
        return this;
    }

    /// <summary>The argument that names a request.</summary>
    public static Argument<string> Id() => new("ID") { Description = "The request's id, as `gateway requests list` shows it." };

    /// <summary>Why, as the customer is told.</summary>
    public static Option<string> Reason() => new("--reason")
    {
        Description = "Why; recorded, and told to the customer. No personal data, and not the customer's id.",
        Required = true,
    };

    public static void Print(OutputFormat format, IReadOnlyList<CustomerRequest> requests) => Output.Rows(
        format, [.. requests.Select(Row)], s_columns, r => [r.Id, r.Kind, r.State, r.Opened, r.Due, r.Record, string.Join(", ", r.Fields), r.Resolution]);

    /// <summary>A request as JSON and as cells.</summary>
    public static RequestRow Row(CustomerRequest request) => new(
        request.Id,
        request.Kind.ToString().ToLowerInvariant(),
        request.Overdue ? $"{request.State.ToString().ToLowerInvariant()}, overdue" : request.State.ToString().ToLowerInvariant(),
        request.Overdue,
        ErasureCall.At(request.Opened),
        ErasureCall.At(request.Due),
        request.Record,
        [.. request.Fields],
        request.Extension,
        ErasureCall.At(request.Resolved),
        request.ResolvedBy,
        request.Resolution);

    internal sealed record RequestRow(
        string Id, string Kind, string State, bool Overdue, string Opened, string Due, string Record, string[] Fields, string Extension,
        string Resolved, string ResolvedBy, string Resolution);
}
