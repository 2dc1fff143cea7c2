using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Partner;

/// <summary><c>gateway partner suspend</c> and <c>resume</c>.</summary>
internal static class StandingCommand
{
    public static Command Suspend() => Create(
        "suspend",
        "Suspend a partner: cuts its connections and refuses its calls until it is resumed. Example: gateway partner suspend northgate-warehouse --reason 'key stolen'",
        "suspended",
        async (client, id, reason, token) => (await client.SuspendPartnerAsync(new SuspendPartnerRequest { Id = id, Reason = reason }, cancellationToken: token)).Change);

    public static Command Resume() => Create(
        "resume",
        "End a partner's suspension. Example: gateway partner resume northgate-warehouse --reason 'new key in place'",
        "resumed",
        async (client, id, reason, token) => (await client.ResumePartnerAsync(new ResumePartnerRequest { Id = id, Reason = reason }, cancellationToken: token)).Change);

    private static Command Create(
        string verb, string description, string done, Func<AdminService.AdminServiceClient, string, string, CancellationToken, Task<Change>> act)
    {
        var id = new Argument<string>("ID") { Description = "The partner's id." };
        var reason = new Option<string>("--reason") { Description = "Why; recorded. No personal data.", Required = true };
        var format = CommonOptions.Format();
        var command = new Command(verb, description) { id, reason, format };
        var staff = new StaffCall().AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var partner = parsed.GetRequiredValue(id);
            var change = await staff.RunAsync(parsed, (client, t) => act(client, partner, parsed.GetRequiredValue(reason), t), token);
            StaffCall.Print(parsed.GetValue(format), partner, done, change);
        });
        return command;
    }
}
