using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Obligations;

namespace Gateway.Obligations;

/// <summary>
/// Notices that a partner's agreement has ended, because it expired or because its contract is gone from the folder, also while the gateway
/// was down; records it once and raises an alarm: its checklist begins, GDPR Art. 28(3)(g).
/// </summary>
internal sealed partial class AgreementEnds(
    SqliteObligations obligations, SnapshotHolder contracts, AdministrationLog administration, TimeProvider clock, ILogger<AgreementEnds> logger)
    : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var known = (await obligations.AskAsync(t => t.Recipients(), cancellationToken)).ToDictionary(r => r.Partner, StringComparer.Ordinal);
            var byPartner = contracts.Current.Contracts.ToLookup(c => c.Partner.Id, StringComparer.Ordinal);
            var now = clock.GetUtcNow();
            foreach (var partner in known.Keys.Union(byPartner.Select(g => g.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                if (EndOf([.. byPartner[partner]], known.GetValueOrDefault(partner), now) is { } why)
                {
                    await administration.RecordAsync(new Entry.Types.Administration
                    {
                        Actor = "gateway",
                        Action = ObligationActs.Ended,
                        Target = partner,
                        Reason = why,
                    });
                    Instruments.RaiseAlarm(AlarmKind.AgreementEnded);
                    Log.Ended(logger, partner, why);
                }
            }
        }
        catch (LogUnavailableException e)
        {
            // Told by the log itself; looked at again in a minute.
            Log.NotLooked(logger, e.Message);
        }
    }

    /// <summary>Why the partner's agreement has ended; null where it has not, or where that is recorded already.</summary>
    private static string? EndOf(Contract[] own, KnownRecipient? known, DateTimeOffset now)
    {
        if (own.Any(c => now < c.Agreement.Expires) || (own.Length == 0 && known?.LastRelease is null))
        {
            return null;
        }

        var last = own.MaxBy(c => c.Agreement.Expires);
        // A partner that came back and left again ends anew.
        var since = new[] { last?.Agreement.Expires, known?.LastRelease }.Max();
        return known?.Ended >= since ? null
            : last is null ? "no contract in the folder names it any more"
            : $"agreement {last.Agreement.Reference} expired at {last.Agreement.Expires:yyyy-MM-dd'T'HH:mm:ss'Z'}";
    }

    private static partial class Log
    {
        [LoggerMessage(1824, LogLevel.Error,
            "The agreement with {Partner} has ended: {Why}. What it was given must be deleted or returned (GDPR Art. 28(3)(g)): gateway contracts checklist {Partner}.",
            EventName = "AgreementEnded")]
        public static partial void Ended(ILogger logger, string partner, string why);

        [LoggerMessage(1825, LogLevel.Warning, "Whether an agreement has ended cannot be looked at: {Reason} It is tried again.", EventName = "AgreementsNotLooked")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
