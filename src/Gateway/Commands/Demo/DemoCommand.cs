using System.CommandLine;
using Gateway.Demo;
using Gateway.Demo.Shop;
using Gateway.Demo.Tour;
using Gateway.Hosting;

namespace Gateway.Commands.Demo;

/// <summary><c>gateway demo</c>: everything on one machine with nothing but the SDK.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "Show the tour and end." };
        var data = new Option<DirectoryInfo?>("--data")
        {
            Description = "Folder for everything, certificates too. Default: Gateway__Data, else .gateway with certificates in certs-dev.",
        };
        var command = new Command("demo", """
            Makes development certificates, contracts and a generated shop where absent, serves them on loopback, calls itself as the
            partners over mutual TLS, and shows what each got, what was withheld, and what was recorded. Stays up until Ctrl+C.

            Example: gateway demo --once --data /tmp/gateway
            """)
        {
            once, data,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(data), parsed.GetValue(once), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DirectoryInfo? named, bool once, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var options = DemoOptions.Read(configuration, named);
        Output.Note("Preparing certificates, contracts and a shop of generated customers …");
        var settings = DemoSetup.Ensure(options.Data, options.Certificates, options.Listeners, TimeProvider.System) with
        {
            Witnesses = options.Witnesses,
            WitnessRequired = options.WitnessRequired,
            LogMirror = options.Mirror,
        };
        using var host = await GatewayHost.BuildAsync(
            settings, configuration, LogFormat.Plain, TimeProvider.System, services => services.AddHostedService(p => new ShopEvolution(
                settings.Data.Shop, TimeProvider.System, p.GetRequiredService<ILogger<ShopEvolution>>())), cancellationToken);
        await GatewayRun.StartAsync(host, cancellationToken);
        try
        {
            await new DemoTour(ListenerPorts.Of(host), options.Certificates, settings.Data.Shop, options.Words).ShowAsync(cancellationToken);
        }
        catch (Exception)
        {
            // In order, before the stores go with the host.
            await host.StopAsync(CancellationToken.None);
            throw;
        }

        if (once)
        {
            await host.StopAsync(CancellationToken.None);
            return ExitCode.Ok;
        }

        Output.Note("Serving until Ctrl+C; orders change every two seconds.");
        return await GatewayRun.UntilStoppedAsync(host, cancellationToken);
    }
}
