using System.Collections.Immutable;
using Gateway.Configuration;

namespace Gateway.Demo;

/// <summary>Where a demo lies and listens: loopback, the fixed ports, unless <c>Gateway__</c> variables say otherwise.</summary>
/// <param name="Data">Folder for all that the gateway keeps, and the demo's contracts and shop.</param>
/// <param name="Certificates">Folder of the development certificates.</param>
/// <param name="Listeners">Addresses.</param>
/// <param name="Witnesses">Who cosigns the log's checkpoints; nobody unless variables say so.</param>
/// <param name="WitnessRequired">How long disclosures go on without a witness; null for ever.</param>
/// <param name="Mirror">The log's second place; null where there is none.</param>
/// <param name="Words">What to add to commands so that they find this demo; empty for the defaults.</param>
internal sealed record DemoOptions(
    DirectoryInfo Data,
    DirectoryInfo Certificates,
    ListenerOptions Listeners,
    ImmutableArray<WitnessSettings> Witnesses,
    TimeSpan? WitnessRequired,
    DirectoryInfo? Mirror,
    string Words)
{
    /// <param name="configuration">The <c>Gateway__</c> variables.</param>
    /// <param name="named">The folder that the command line names; null where it names none.</param>
    public static DemoOptions Read(IConfiguration configuration, DirectoryInfo? named)
    {
        var errors = SettingsReader.Unknown(configuration.GetSection(GatewayOptions.Section)).ToList();
        var options = configuration.GetSection(GatewayOptions.Section).Get<GatewayOptions>() ?? new GatewayOptions();
        var witnesses = WitnessSettingsReader.Read(options.Log.Witnesses, errors);
        var required = WitnessSettingsReader.Required(options.Log.WitnessRequired, options.Log.Witnesses.Count, errors);
        var data = named?.FullName ?? options.Data ?? ".gateway";
        var mirror = SettingsReader.Mirror(options.Log.Mirror, data, errors);
        if (errors.Count > 0)
        {
            throw new Commands.CommandFailure(Commands.ExitCode.InvalidConfiguration, new InvalidSettingsException(errors).Message);
        }

        var certificates = options.Certificates ?? (named is null && options.Data is null ? "certs-dev" : Path.Combine(data, "certs"));
        var listeners = new ListenerOptions
        {
            Partners = Loopback(configuration["Gateway:Listeners:Partners"], "127.0.0.1:8443"),
            Staff = Loopback(configuration["Gateway:Listeners:Staff"], "127.0.0.1:8444"),
            Local = Loopback(configuration["Gateway:Listeners:Local"], "127.0.0.1:9464"),
        };
        var words = certificates == "certs-dev" ? "" : $" --certs {certificates}";
        return new DemoOptions(new DirectoryInfo(data), new DirectoryInfo(certificates), listeners, witnesses, required, mirror, words);
    }

    private static string Loopback(string? configured, string fallback)
    {
        var text = configured ?? fallback;
        return System.Net.IPEndPoint.TryParse(text, out var endpoint) && System.Net.IPAddress.IsLoopback(endpoint.Address)
            ? text
            : throw new Commands.CommandFailure(
                Commands.ExitCode.InvalidConfiguration, $"the demo serves on loopback only, not on {text}", "name 127.0.0.1:PORT, or use `gateway serve`");
    }
}
