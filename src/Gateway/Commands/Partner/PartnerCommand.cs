using System.CommandLine;
using Gateway.Commands.Partner.Pack;

namespace Gateway.Commands.Partner;

/// <summary><c>gateway partner</c>: over the staff listener, as a member of staff.</summary>
internal static class PartnerCommand
{
    public static Command Create() => new("partner", "See partners, suspend and resume them. Example: gateway partner suspend northgate-warehouse --reason 'key stolen'")
    {
        ListCommand.Create(),
        ShowCommand.Create(),
        StandingCommand.Suspend(),
        StandingCommand.Resume(),
        PackCommand.Create(),
    };
}
