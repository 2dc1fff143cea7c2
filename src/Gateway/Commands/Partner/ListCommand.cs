using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Partner;

/// <summary><c>gateway partner list</c>.</summary>
internal static class ListCommand
{
    private sealed record Row(string Id, string Name, string Standing, string Contract, DateTime? AgreementExpires, int OpenConnections);

    public static Command Create()
    {
        var format = CommonOptions.Format();
        var command = new Command("list", "List partners with standing, contract and open connections. Example: gateway partner list") { format };
        var staff = new StaffCall().AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var response = await staff.RunAsync(
                parsed, async (client, t) => await client.ListPartnersAsync(new ListPartnersRequest(), cancellationToken: t), token);
            Output.Rows(
                parsed.GetValue(format),
                response.Partners.Select(ToRow).ToList(),
                ["partner", "name", "standing", "contract in force", "until", "connections"],
                r => [r.Id, r.Name, r.Standing, r.Contract, r.AgreementExpires?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "", $"{r.OpenConnections}"]);
        });
        return command;
    }

    private static Row ToRow(Protos.Admin.V1.Partner partner) => new(
        partner.Id,
        partner.Name,
        partner.Suspension is null ? "good" : "suspended",
        partner.Contract.Length > 0 ? partner.Contract : "none",
        partner.AgreementExpires?.ToDateTime(),
        partner.OpenConnections);
}
