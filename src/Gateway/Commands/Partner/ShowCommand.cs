using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Partner;

/// <summary><c>gateway partner show</c>.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The partner's id." };
        var format = CommonOptions.Format();
        var command = new Command("show", "Show a partner: standing, connections open now, keys seen, limits used, refused handshakes. Example: gateway partner show northgate-warehouse")
        {
            id,
            format,
        };
        var staff = new StaffCall().AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var partner = parsed.GetRequiredValue(id);
            var shown = await staff.RunAsync(
                parsed, async (client, t) => await client.GetPartnerAsync(new GetPartnerRequest { Id = partner }, cancellationToken: t), token);
            if (parsed.GetValue(format) == OutputFormat.Table)
            {
                Print(shown);
            }
            else
            {
                Output.Data(JsonFormatter.Default.Format(shown));
            }
        });
        return command;
    }

    private static void Print(GetPartnerResponse shown)
    {
        var partner = shown.Partner;
        Output.Data($"{partner.Id}: {partner.Name}");
        Output.Data($"identity {shown.Uri}, issued by authority {shown.Authority}");
        Output.Data(partner.Contract.Length == 0 ? "no contract in force" : $"contract {partner.Contract}, until {At(partner.AgreementExpires)}");
        Output.Data(partner.Suspension is { } s ? $"SUSPENDED since {At(s.Since)} by {s.By}: {s.Reason}" : "in good standing");
        Output.Data($"security contact: {(shown.SecurityContact.Length > 0 ? shown.SecurityContact : "none given")}");
        Table(
            "Connections open now", shown.Connections, ["connection", "from", "since", "key"], c => [c.Id, c.Peer, At(c.Opened), c.Key]);
        Table(
            "Keys seen since the gateway started",
            shown.Keys,
            ["key", "first seen", "last seen", "certificate until", "open", "revoked"],
            k => [k.Key_, At(k.FirstSeen), At(k.LastSeen), At(k.CertificateExpires), $"{k.OpenConnections}", k.Revocation is { } r ? $"{At(r.Since)} by {r.By}: {r.Reason}" : ""]);
        Table(
            "Limits used",
            shown.Usage,
            ["purpose", "record", "subjects today", "of", "calls a second"],
            u => [u.Purpose, u.Record, $"{u.SubjectsToday}", Limit(u.SubjectsPerDay), Limit(u.CallsPerSecond)]);
        Table(
            "Refused handshakes that claimed to be it (not proven)",
            shown.RefusedHandshakes,
            ["time", "reason", "from", "key"],
            h => [At(h.Time), h.Reason, h.Peer, h.Key]);
    }

    private static void Table<T>(string title, IReadOnlyList<T> rows, string[] columns, Func<T, string[]> cells)
    {
        Output.Data("");
        Output.Data(rows.Count == 0 ? $"{title}: none" : title);
        if (rows.Count > 0)
        {
            Output.Rows(OutputFormat.Table, rows, columns, cells);
        }
    }

    private static string Limit(int limit) => limit == 0 ? "no limit" : limit.ToString(CultureInfo.InvariantCulture);

    private static string At(Timestamp time) => time.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
