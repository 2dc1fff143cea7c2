using System.CommandLine;
using Gateway.Configuration;
using Gateway.Hosting;

namespace Gateway.Commands.Serve;

/// <summary><c>gateway serve</c>: production. Everything is named; nothing is made up.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<FileInfo>("--config")
        {
            Description = "appsettings.json to read; Gateway__ variables override it.",
            DefaultValueFactory = _ => new FileInfo("appsettings.json"),
        };
        var command = new Command("serve", """
            Serves partners and staff until it is stopped. Refuses to start unless certificates, contracts and source are set, and refuses
            development certificates and the demo shop on any address but loopback.

            Example: gateway serve --config /etc/gateway/appsettings.json
            """)
        {
            config,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(parsed.GetRequiredValue(config).FullName, optional: true)
                .AddEnvironmentVariables()
                .Build();
            var settings = ReadSettings(configuration);
            ProductionCheck.Refuse(settings);
            using var host = await GatewayHost.BuildAsync(settings, configuration, LogFormat.Json, TimeProvider.System, _ => { }, cancellationToken);
            await GatewayRun.StartAsync(host, cancellationToken);
            return await GatewayRun.UntilStoppedAsync(host, cancellationToken);
        });
        return command;
    }

    private static GatewaySettings ReadSettings(IConfiguration configuration)
    {
        try
        {
            return SettingsReader.Read(configuration);
        }
        catch (InvalidSettingsException e)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, e.Message, "the README's section on settings lists each with its default");
        }
    }
}
