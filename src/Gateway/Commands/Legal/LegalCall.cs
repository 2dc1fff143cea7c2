using System.CommandLine;
using System.Globalization;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;
using Grpc.Core;

namespace Gateway.Commands.Legal;

/// <summary>A call of the legal service as a member of staff: the options that its commands share, and what its failures mean to the user.</summary>
/// <param name="usually">Who does this in the demo's shop.</param>
internal sealed class LegalCall(string usually = "legal-counsel")
{
    private readonly Argument<string> _id = new("ID") { Description = "The case: gateway legal list tells which there are." };
    private readonly Option<OutputFormat> _format = CommonOptions.Format();
    private readonly StaffOptions _staff = new(usually);

    /// <summary>Adds the options to a command that is about one case.</summary>
    public Command AddToCase(Command command)
    {
        command.Arguments.Add(_id);
        return AddTo(command);
    }

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Options.Add(_format);
        _staff.AddTo(command);
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

    public OutputFormat Format(ParseResult parsed) => parsed.GetValue(_format);

    /// <exception cref="CommandFailure">The gateway could not be reached, or said no.</exception>
    public async Task<T> RunAsync<T>(ParseResult parsed, Func<LegalService.LegalServiceClient, Task<T>> call)
    {
        using var channel = _staff.Open(parsed);
        return await ExplainedCall.RunAsync(
            $"{_staff.Name(parsed)} may not do this: legal opens and releases cases, legal and privacy approve, review and see them.",
            () => call(new LegalService.LegalServiceClient(channel)));
    }

    /// <summary>As the other, for one answer.</summary>
    /// <exception cref="CommandFailure">The gateway could not be reached, or said no.</exception>
    public Task<T> RunAsync<T>(ParseResult parsed, Func<LegalService.LegalServiceClient, AsyncUnaryCall<T>> call) =>
        RunAsync(parsed, client => call(client).ResponseAsync);
}
