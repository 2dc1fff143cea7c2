using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Log;

/// <summary>A call of the erasure service as a member of staff: the arguments that its commands share, and what its failures mean to the user.</summary>
internal sealed class ErasureCall : StaffClient<ErasureService.ErasureServiceClient>
{
    private readonly Argument<string> _subject = new("SUBJECT") { Description = "The customer, by the shop's own id. It is not stored." };
    private readonly Option<string> _reason;

    /// <param name="reasonRequired">False where the command checks by itself.</param>
    public ErasureCall(bool reasonRequired = true)
        : base("privacy-officer", "may not erase customers: that is for staff with the role privacy.", channel => new(channel)) =>
        _reason = new Option<string>("--reason") { Description = "Why; recorded. No personal data, and not the customer's id.", Required = reasonRequired };

    public ErasureCall AddTo(Command command)
    {
        command.Arguments.Add(_subject);
        command.Options.Add(_reason);
        AddOptions(command);
        return this;
    }

    /// <summary>Empty where none was given.</summary>
    public string Reason(ParseResult parsed) => parsed.GetValue(_reason) ?? "";

    public string Subject(ParseResult parsed) => parsed.GetRequiredValue(_subject);

    /// <summary>An instant as tables show it; empty for none.</summary>
    public static string At(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
