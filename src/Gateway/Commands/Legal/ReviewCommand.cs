using System.CommandLine;
using Gateway.Core.Legal;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal review</c>.</summary>
internal static class ReviewCommand
{
    public static Command Create()
    {
        var call = new LegalCall("privacy-officer");
        var outcome = new Option<ReviewOutcome>("--outcome") { Description = "confirmed: it was urgent; wrong: it should not have been approved, and is closed.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why: kept with the case.", Required = true };
        var command = new Command(
            "review",
            "Review an urgent case, as somebody else than who approved it, within 24 hours. Example: gateway legal review legal-2026-0a1b2c3d --outcome confirmed --reason 'police report seen'")
        {
            outcome, reason,
        };
        call.AddToCase(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ReviewCaseRequest
            {
                CaseId = call.Case(parsed),
                Outcome = parsed.GetValue(outcome) == ReviewOutcome.Wrong ? LegalReviewOutcome.Wrong : LegalReviewOutcome.Confirmed,
                Reason = parsed.GetRequiredValue(reason),
            };
            var answer = await call.RunAsync(parsed, client => client.ReviewCaseAsync(request, cancellationToken: cancellationToken));
            LegalCasePrinter.Print(call.Format(parsed), LegalCaseRow.Of(answer.Case));
            return ExitCode.Ok;
        });
        return command;
    }
}
