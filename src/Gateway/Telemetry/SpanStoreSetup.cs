using Gateway.Stores.Sqlite.Spans;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The span store as a part of the host: it listens from before the listeners open until after they have closed.</summary>
internal static class SpanStoreSetup
{
    public static IServiceCollection AddSpanStore(this IServiceCollection services, SpanStoreOptions options)
    {
        services.AddSingleton(new SpanReader(options.Path));
        return services.AddActivatedSingleton(provider => new SpanStore(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SpanStore>>()));
    }
}
