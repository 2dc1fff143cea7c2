using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Listeners;

/// <summary>
/// Looks at the certificates folder each second and puts what changed in force without a restart. Open connections go on, but for
/// those whose authority's root is no longer trusted: they are cut.
/// </summary>
internal sealed partial class CertificateReloader(
    CertificateFolder folder, TlsMaterialHolder holder, ConnectionRegistry registry, TimeProvider clock, ILogger<CertificateReloader> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var days = Instruments.CertificateDaysLeft.Add(Measure);
        using var timer = new PeriodicTimer(s_interval, clock);
        IReadOnlyList<string> told = [];
        while (!stoppingToken.IsCancellationRequested)
        {
            told = Look(told);
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private IReadOnlyList<string> Look(IReadOnlyList<string> told)
    {
        try
        {
            var next = folder.Refresh();
            if (!ReferenceEquals(next, holder.Current))
            {
                holder.Swap(next);
                Log.Reloaded(logger, next.Server.Certificate.NotAfter);
            }

            // At each look and not at the swap alone: a handshake that began before it may have entered its connection after it.
            registry.CutWhere(c => next.TrustedBy(c.Listener).Of(c.Root).Count == 0, "its authority is no longer trusted");
        }
        catch (Exception e)
        {
            // The material in force stays; this must not end the watch.
            Log.Failed(logger, e);
        }

        foreach (var problem in folder.Problems.Except(told, StringComparer.Ordinal))
        {
            Log.Problem(logger, problem);
        }

        return folder.Problems;
    }

    private IEnumerable<Measurement<double>> Measure()
    {
        var material = holder.Current;
        var now = clock.GetUtcNow();
        yield return Instruments.CertificateDays("server", "server", new DateTimeOffset(material.Server.Certificate.NotAfter) - now);
        foreach (var authority in material.Partners.All.Concat(material.Staff.All))
        {
            // A root that is rolled over stands beside its successor: the one that lasts longest counts.
            yield return Instruments.CertificateDays(
                "authority", authority.Name, authority.Roots.Max(r => new DateTimeOffset(r.NotAfter)) - now);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1100, LogLevel.Information, "Certificates reloaded; the server's is good until {NotAfter:O}.", EventName = "CertificatesReloaded")]
        public static partial void Reloaded(ILogger logger, DateTime notAfter);

        [LoggerMessage(1101, LogLevel.Error, "Certificates folder: {Problem} The last good content stays in force, where there was one.", EventName = "CertificatesBroken")]
        public static partial void Problem(ILogger logger, string problem);

        [LoggerMessage(1102, LogLevel.Error, "Certificates could not be looked at. What is in force stays.", EventName = "CertificateReloadFailed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
