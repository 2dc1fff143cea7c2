using System.CommandLine;

namespace Gateway.Commands.Keys;

/// <summary><c>gateway keys list</c>: where each secret lies, how old it is, who can read it, what it protects. Never its content.</summary>
internal static class ListCommand
{
    private static readonly string[] s_columns = ["secret", "where", "changed", "mode", "protects", "note"];

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "The gateway's data folder. Default: Gateway__Data, else .gateway.",
            DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("Gateway__Data") ?? ".gateway"),
        };
        var certificates = CommonOptions.Certificates();
        var format = CommonOptions.Format();
        var command = new Command(
            "list", "List the secrets in the data and certificates folders: where, age, mode, what each protects. Example: gateway keys list -o json")
        {
            data, certificates, format,
        };
        command.SetAction(parsed =>
        {
            var secrets = SecretInventory.Of(parsed.GetRequiredValue(data), parsed.GetRequiredValue(certificates));
            Output.Rows(
                parsed.GetValue(format), secrets, s_columns,
                s => [s.Name, s.Path, s.ChangedText(TimeProvider.System), s.Mode ?? "", s.Protects, s.Note ?? ""]);
            return secrets.Any(s => s.Note is not null) ? ExitCode.CheckFailed : ExitCode.Ok;
        });
        return command;
    }
}
