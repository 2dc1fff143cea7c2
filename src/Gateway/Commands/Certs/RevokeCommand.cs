using System.CommandLine;
using Gateway.Commands.Partner;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Certs;

/// <summary><c>gateway certs revoke</c>: over the staff listener, as a member of staff.</summary>
internal static class RevokeCommand
{
    public static Command Create()
    {
        var key = new Argument<string>("SPKI") { Description = "sha256:… of the key, as `gateway partner show` and `gateway certs inspect` print it." };
        var reason = new Option<string>("--reason") { Description = "Why; recorded. No personal data.", Required = true };
        var format = CommonOptions.Format();
        var command = new Command("revoke", "Revoke a key for good and cut its connections; the partner's other keys go on working. Example: gateway certs revoke sha256:9f86… --reason stolen")
        {
            key,
            reason,
            format,
        };
        var staff = new StaffCall().AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var request = new RevokeKeyRequest { Key = parsed.GetRequiredValue(key), Reason = parsed.GetRequiredValue(reason) };
            var response = await staff.RunAsync(parsed, async (client, t) => await client.RevokeKeyAsync(request, cancellationToken: t), token);
            StaffCall.Print(parsed.GetValue(format), request.Key, "revoked", response.Change);
        });
        return command;
    }
}
