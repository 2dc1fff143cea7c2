using Gateway.Core.Exchange;
using Gateway.Core.Subjects;
using Gateway.Subjects;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the customer's view.</summary>
internal static class SubjectsServiceCollectionExtensions
{
    public static IServiceCollection AddSubjects(this IServiceCollection services)
    {
        services.AddSingleton<SubjectRate>();
        services.AddSingleton<OwnData>();
        services.AddSingleton<HeldInformation>();
        services.AddSingleton<SubjectSeals>();
        services.AddSingleton<FormerContracts>();
        services.AddSingleton<DisclosureWords>();
        services.AddSingleton<DisclosureList>();
        services.AddSingleton<PreferenceDesk>();
        services.AddSingleton<UsedLinks>();
        services.AddSingleton<PreferenceLinks>();
        services.AddSingleton<SubjectRequests>();
        services.AddSingleton<SubjectCalls>();
        return services;
    }
}
