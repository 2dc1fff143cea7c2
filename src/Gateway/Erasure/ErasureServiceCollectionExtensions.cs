using Gateway.Erasure;
using Gateway.Stores.Erasure;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers erasure.</summary>
internal static class ErasureServiceCollectionExtensions
{
    /// <summary>Keeps the marks of the forgotten in this file, beside the log.</summary>
    public static IServiceCollection AddErasure(this IServiceCollection services, string forgotten)
    {
        services.AddSingleton(new ForgottenFile(forgotten));
        services.AddSingleton<RecordedForgets>();
        services.AddSingleton<ForgetReplay>();
        services.AddSingleton<SubjectHolds>();
        services.AddSingleton<PastRecipients>();
        services.AddSingleton<SubjectEraser>();
        return services;
    }
}
