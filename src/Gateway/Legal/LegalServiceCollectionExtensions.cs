using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Legal;
using Gateway.Stores.Sqlite.Legal;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers disclosure on legal grounds.</summary>
internal static class LegalServiceCollectionExtensions
{
    /// <summary>Keeps the cases in this file.</summary>
    public static IServiceCollection AddLegalCases(this IServiceCollection services, string path)
    {
        services.AddSingleton<ICaseStore>(_ => new SqliteCaseStore(path));
        services.AddSingleton<RecordedCases>();
        services.AddSingleton<CaseDesk>();
        services.AddSingleton<IDelayedNotices>(p => p.GetRequiredService<CaseDesk>());
        services.AddSingleton<CaseReader>();
        services.AddSingleton<CaseDisclosure>();
        services.AddSingleton<CaseReleases>();
        services.AddSingleton<CaseReports>();
        services.AddSingleton<ReviewWatch>();
        services.AddHostedService(p => p.GetRequiredService<ReviewWatch>());
        services.AddHealthChecks().AddCheck<ReviewWatch>("legal-reviews");
        return services;
    }
}
