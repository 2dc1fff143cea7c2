using System.CommandLine;

namespace Gateway.Commands.Certs;

/// <summary><c>gateway certs dev</c>: certificates for trying out, never for production.</summary>
internal static class DevCommand
{
    public static Command Create()
    {
        var folder = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder to write to. What is there and still good is kept.",
            DefaultValueFactory = _ => new DirectoryInfo("certs-dev"),
        };
        var command = new Command("dev", "Write development certificates for server, demo partners and staff. Example: gateway certs dev --out certs-dev")
        {
            folder,
        };
        command.SetAction(parsed =>
        {
            var into = parsed.GetRequiredValue(folder);
            var written = DevelopmentCertificates.Write(into, TimeProvider.System);
            foreach (var name in written)
            {
                Output.Data(Path.Combine(into.ToString(), name + ".pem"));
            }

            Output.Note(written.Count == 0
                ? $"{into} already holds what is needed; nothing was written."
                : "For development only: each is marked, and `gateway serve` refuses them on any address but loopback.");
        });
        return command;
    }
}
