using Gateway.Calls;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Obligations;
using Gateway.Stores.Sqlite.Obligations;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what partners owe.</summary>
internal static class ObligationsServiceCollectionExtensions
{
    /// <summary>Keeps the tally in this file.</summary>
    public static IServiceCollection AddObligations(this IServiceCollection services, string tally)
    {
        services.AddSingleton(p => SqliteObligations.Open(tally, p.GetRequiredService<ILogReader>()));
        services.AddSingleton<Deletions>();
        services.AddSingleton<PartnerNotices>();
        services.AddSingleton<OwnContractStream>();
        services.AddSingleton<ObligationCalls>();
        services.AddSingleton<OverdueReports>();
        services.AddHostedService<ObligationFollower>();
        services.AddHostedService<AgreementEnds>();
        return services;
    }
}
