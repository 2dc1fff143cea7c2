using System.CommandLine;

namespace Gateway.Commands.Incident;

/// <summary><c>gateway incident</c>.</summary>
internal static class IncidentCommand
{
    public static Command Create() => new(
        "incident", "What left through a key or to a partner. Example: gateway incident report --partner cedar-payments --between 2026-03-01,2026-03-08")
    {
        ReportCommand.Create(),
    };
}
