using System.CommandLine;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;
using Grpc.Core;

namespace Gateway.Commands.Requests;

/// <summary>A call of the request service as a member of staff: the options that its commands share, and how a request is printed.</summary>
internal sealed class RequestCall
{
    private static readonly string[] s_columns = ["id", "kind", "state", "opened", "due", "record", "fields", "resolution"];

    private readonly Option<OutputFormat> _format = CommonOptions.Format();
    private readonly StaffOptions _staff = new("privacy-officer");

    public RequestCall AddTo(Command command)
    {
        command.Options.Add(_format);
        _staff.AddTo(command);
        return this;
    }

    public OutputFormat Format(ParseResult parsed) => parsed.GetValue(_format);

    /// <exception cref="CommandFailure">The gateway could not be reached, or said no.</exception>
    public async Task<T> RunAsync<T>(ParseResult parsed, Func<RequestService.RequestServiceClient, AsyncUnaryCall<T>> call)
    {
        using var channel = _staff.Open(parsed);
        return await ExplainedCall.RunAsync(
            $"{_staff.Name(parsed)} may not handle requests of customers: that is for staff with the role privacy.",
            () => call(new RequestService.RequestServiceClient(channel)).ResponseAsync);
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
