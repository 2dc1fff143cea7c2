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
        return await ExplainedCall.RunAsync(
            $"{_staff.Name(parsed)} may not erase customers: that is for staff with the role privacy.",
            () => call(new ErasureService.ErasureServiceClient(channel)).ResponseAsync);
    }

    /// <summary>An instant as tables show it; empty for none.</summary>
    public static string At(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
