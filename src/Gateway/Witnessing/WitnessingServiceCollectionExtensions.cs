using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Stores.Notes;
using Gateway.Witnessing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the log's witnesses, where the settings name any.</summary>
internal static class WitnessingServiceCollectionExtensions
{
    /// <summary>Needs the log's tree beside it.</summary>
    public static IServiceCollection AddWitnesses(this IServiceCollection services, GatewaySettings settings)
    {
        if (settings.Witnesses.IsEmpty)
        {
            return services;
        }

        services.AddSingleton(new CosignedFiles(settings.Data.Cosigned, [.. settings.Witnesses.Select(w => w.Key)]));
        services.AddSingleton(p => new Witnesses([
            .. settings.Witnesses.Select(w => new WitnessLink(
                w, new WitnessClient(w), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<WitnessLink>>())),
        ]));
        services.AddSingleton(p => new WitnessRequirement(p.GetRequiredService<Witnesses>(), settings.WitnessRequired, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDisclosureCondition>(p => p.GetRequiredService<WitnessRequirement>());
        services.AddHostedService<WitnessFollower>();
        services.AddHealthChecks().AddCheck<WitnessCheck>("log-witnesses");
        return services;
    }
}
