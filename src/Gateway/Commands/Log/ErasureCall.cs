using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Gateway.Commands.Log;

/// <summary>A call of the erasure service as a member of staff: the arguments that its commands share, and what its failures mean to the user.</summary>
internal sealed class ErasureCall
{
    private readonly Argument<string> _subject = new("SUBJECT") { Description = "The customer, by the shop's own id. It is not stored." };
    private readonly Option<string> _reason;
    private readonly Option<OutputFormat> _format = CommonOptions.Format();
    private readonly StaffOptions _staff = new("privacy-officer");

    /// <param name="reasonRequired">False where the command checks by itself.</param>
    public ErasureCall(bool reasonRequired = true) =>
        _reason = new Option<string>("--reason") { Description = "Why; recorded. No personal data, and not the customer's id.", Required = reasonRequired };

    public ErasureCall AddTo(Command command)
    {
        command.Arguments.Add(_subject);
        command.Options.Add(_reason);
        command.Options.Add(_format);
        _staff.AddTo(command);
        return this;
    }

    public OutputFormat Format(ParseResult parsed) => parsed.GetValue(_format);

    /// <summary>Empty where none was given.</summary>
    public string Reason(ParseResult parsed) => parsed.GetValue(_reason) ?? "";

    public string Subject(ParseResult parsed) => parsed.GetRequiredValue(_subject);

    /// <exception cref="CommandFailure">The gateway could not be reached, or said no.</exception>
    public async Task<T> RunAsync<T>(ParseResult parsed, Func<ErasureService.ErasureServiceClient, AsyncUnaryCall<T>> call)
    {
        using var channel = _staff.Open(parsed);
        try
        {
            return await call(new ErasureService.ErasureServiceClient(channel));
        }
        catch (RpcException e)
        {
            throw e.StatusCode switch
            {
                StatusCode.Cancelled => new OperationCanceledException(e.Status.Detail, e),
                StatusCode.NotFound => new CommandFailure(ExitCode.CheckFailed, e.Status.Detail),
                StatusCode.InvalidArgument => new CommandFailure(ExitCode.Usage, e.Status.Detail),
                StatusCode.PermissionDenied => new CommandFailure(
                    ExitCode.Refused, $"{_staff.Name(parsed)} may not erase customers: that is for staff with the role privacy", "name another person with --as"),
                StatusCode.Unauthenticated => new CommandFailure(
                    ExitCode.CannotConnect, $"the gateway does not know {_staff.Name(parsed)} as staff", "staff.yaml lists the SPIFFE ID of each person's certificate"),
                StatusCode.FailedPrecondition => new CommandFailure(ExitCode.Refused, e.Status.Detail),
                StatusCode.Unavailable when e.Status.DebugException is null => new CommandFailure(ExitCode.Refused, e.Status.Detail),
                _ => new CommandFailure(
                    ExitCode.CannotConnect, $"{_staff.Address(parsed)} did not answer: {e.Status.Detail}",
                    "forgetting and holding need the running gateway; is it up, and --gateway its staff address?"),
            };
        }
    }

    /// <summary>An instant as tables show it; empty for none.</summary>
    public static string At(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
