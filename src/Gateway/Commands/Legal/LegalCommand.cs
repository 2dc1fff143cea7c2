using System.CommandLine;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal</c>: disclosure to others than partners, on stated grounds, approved by two.</summary>
internal static class LegalCommand
{
    public static Command Create() => new(
        "legal",
        "Disclose to an authority, a court, counsel or an insurer: a case, approved by two people, released sealed. Example: gateway legal open --file case.yaml")
    {
        OpenCommand.Create(),
        ApproveCommand.Create(),
        ReleaseCommand.Create(),
        ReviewCommand.Create(),
        ExtendCommand.Create(),
        CloseCommand.Create(),
        ListCommand.Create(),
        ShowCommand.Create(),
        ReportCommand.Create(),
    };
}
