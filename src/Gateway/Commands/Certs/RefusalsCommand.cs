using System.CommandLine;
using System.Globalization;
using Gateway.Commands.Partner;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Certs;

/// <summary><c>gateway certs refusals</c>: over the staff listener, as a member of staff.</summary>
internal static class RefusalsCommand
{
    private sealed record Row(DateTime Time, string Listener, string Reason, string Peer, string ClaimedPartner, string Key, string Advice);

    public static Command Create()
    {
        var format = CommonOptions.Format();
        var command = new Command("refusals", "List the last refused handshakes, each with its reason and what to do. Example: gateway certs refusals -o ndjson")
        {
            format,
        };
        var staff = new StaffCall().AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var response = await staff.RunAsync(
                parsed, async (client, t) => await client.ListRefusedHandshakesAsync(new ListRefusedHandshakesRequest(), cancellationToken: t), token);
            Output.Rows(
                parsed.GetValue(format),
                response.RefusedHandshakes
                    .Select(h => new Row(h.Time.ToDateTime(), h.Listener, h.Reason, h.Peer, h.ClaimedPartner, h.Key, h.Advice)).ToList(),
                ["time", "listener", "reason", "from", "claims to be", "what to do"],
                r => [r.Time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), r.Listener, r.Reason, r.Peer, r.ClaimedPartner, r.Advice]);
        });
        return command;
    }
}
