using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Legal;

/// <summary>A call of the legal service as a member of staff: the options that its commands share, and what its failures mean to the user.</summary>
/// <param name="usually">Who does this in the demo's shop.</param>
internal sealed class LegalCall(string usually = "legal-counsel") : StaffClient<LegalService.LegalServiceClient>(
    usually, "may not do this: legal opens and releases cases, legal and privacy approve, review and see them.", channel => new(channel))
{
    private readonly Argument<string> _id = new("ID") { Description = "The case: gateway legal list tells which there are." };

    /// <summary>Adds the options to a command that is about one case.</summary>
    public Command AddToCase(Command command)
    {
        command.Arguments.Add(_id);
        return AddTo(command);
    }

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        AddOptions(command);
        return command;
    }

    /// <summary>An option that takes an instant to come: a day, or a day and a time, UTC.</summary>
    public static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(
                result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            {
                return time;
            }

            result.AddError($"{name}: write an instant, as 2026-12-31 or 2026-12-31T12:00:00Z.");
            return null;
        },
    };

    public string Case(ParseResult parsed) => parsed.GetRequiredValue(_id);
}
