using Gateway.Core.Contracts;
using Gateway.Listeners;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what the listeners need.</summary>
internal static class ListenerServiceCollectionExtensions
{
    /// <summary>
    /// Needs <see cref="SnapshotHolder"/> beside it. The certificates are read when the listeners are made, and
    /// <see cref="InvalidCertificatesException"/> ends the start where server.pem, server.key or staff-ca.pem is not good.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="certificates">The certificates folder.</param>
    public static IServiceCollection AddListeners(this IServiceCollection services, DirectoryInfo certificates)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ListenerLimits());
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<RefusedHandshakes>();
        services.AddSingleton(p => new CertificateFolder(
            certificates, p.GetRequiredService<SnapshotHolder>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TlsMaterialHolder>();
        services.AddHostedService<CertificateReloader>();
        services.AddHostedService<ConnectionWarden>();
        return services;
    }
}
