using System.Collections.Immutable;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;

namespace Gateway.Listeners;

/// <summary>What an act on the standing did.</summary>
/// <param name="Changed">False where the standing was so already; nothing was recorded then.</param>
/// <param name="Receipt">The act's entry in the disclosure log; null where nothing changed, or the log could not take it.</param>
/// <param name="Cut">How many open connections were cut.</param>
/// <param name="Kept">False where the act is in force, but only until the process ends, because it could not be stored.</param>
internal sealed record StandingChange(bool Changed, ReceiptId? Receipt, int Cut, bool Kept);

/// <summary>
/// Suspends, resumes and revokes, one act after another. An act that protects takes effect even when it cannot be stored or recorded:
/// that is an alarm, not a reason to go on answering. An act that opens up again is recorded and stored first, or does not happen.
/// </summary>
internal sealed partial class StandingKeeper(
    IStandingStore store,
    StandingHolder holder,
    SnapshotHolder contracts,
    ConnectionRegistry registry,
    AdministrationLog log,
    TimeProvider clock,
    ILogger<StandingKeeper> logger) : IDisposable
{
    /// <summary>The actor of what the gateway does by itself.</summary>
    public const string Gateway = "gateway";

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private ImmutableArray<StandingEntry> _entries = store.Load();

    /// <summary>Every suspension and revocation in force.</summary>
    public ImmutableArray<StandingEntry> Entries => _entries;

    /// <summary>The partner's suspension, or null.</summary>
    public StandingEntry? SuspensionOf(string partner) => Find(StandingKind.SuspendedPartner, partner);

    /// <summary>The key's revocation, or null.</summary>
    public StandingEntry? RevocationOf(SpkiHash key) => Find(StandingKind.RevokedKey, key.Text);

    /// <summary>Suspends a partner and cuts its connections. Takes no cancellation token: an act that has begun is finished.</summary>
    public Task<StandingChange> SuspendAsync(string partner, string reason, string by) =>
        ProtectAsync(StandingKind.SuspendedPartner, partner, "partner.suspend", reason, by);

    /// <summary>Revokes a key, whoever uses it, and cuts its connections. For good: a key that was stolen stays stolen.</summary>
    public Task<StandingChange> RevokeKeyAsync(SpkiHash key, string reason, string by) =>
        ProtectAsync(StandingKind.RevokedKey, key.Text, "key.revoke", reason, by);

    /// <summary>Suspends a partner because a threshold of its contract was tripped, and raises an alarm. Never throws.</summary>
    public async Task<StandingChange> SuspendAutomaticallyAsync(string partner, SuspendOn trigger)
    {
        var threshold = trigger == SuspendOn.SubjectQuota ? "subject_quota" : "enumeration";
        var change = await SuspendAsync(partner, $"suspend_on: {threshold}", Gateway);
        if (change.Changed)
        {
            Instruments.RaiseAlarm(AlarmKind.SelfSuspension);
            Log.SelfSuspended(logger, partner, threshold);
        }

        return change;
    }

    /// <summary>Ends a partner's suspension.</summary>
    /// <exception cref="LogUnavailableException">It could not be recorded; the partner stays suspended.</exception>
    /// <exception cref="StandingUnavailableException">It could not be stored; the partner stays suspended, whatever the record says.</exception>
    public async Task<StandingChange> ResumeAsync(string partner, string reason, string by)
    {
        await _oneAtATime.WaitAsync(CancellationToken.None);
        try
        {
            if (SuspensionOf(partner) is not { } suspension)
            {
                return new StandingChange(false, null, 0, true);
            }

            var receipt = await log.RecordAsync(Act("partner.resume", partner, reason, by));
            store.Remove(StandingKind.SuspendedPartner, partner);
            PutInForce(_entries.Remove(suspension));
            return new StandingChange(true, receipt, 0, true);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<StandingChange> ProtectAsync(StandingKind kind, string target, string action, string reason, string by)
    {
        await _oneAtATime.WaitAsync(CancellationToken.None);
        try
        {
            if (Find(kind, target) is not null)
            {
                return new StandingChange(false, null, CutConnections(kind, target), true);
            }

            var entry = new StandingEntry(kind, target, reason, by, clock.GetUtcNow());
            var kept = Keep(entry);
            PutInForce(_entries.Add(entry));
            var cut = CutConnections(kind, target);
            var receipt = await RecordAsync(action, entry);
            return new StandingChange(true, receipt, cut, kept);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private bool Keep(StandingEntry entry)
    {
        try
        {
            store.Put(entry);
            return true;
        }
        catch (Exception e)
        {
            Instruments.RaiseAlarm(AlarmKind.ProtectionNotKept);
            Log.NotKept(logger, entry.Kind, entry.Target, e);
            return false;
        }
    }

    private async Task<ReceiptId?> RecordAsync(string action, StandingEntry entry)
    {
        try
        {
            return await log.RecordAsync(Act(action, entry.Target, entry.Reason, entry.By));
        }
        catch (Exception e)
        {
            Instruments.RaiseAlarm(AlarmKind.ProtectionNotKept);
            Log.NotRecorded(logger, entry.Kind, entry.Target, e);
            return null;
        }
    }

    private void PutInForce(ImmutableArray<StandingEntry> entries)
    {
        ImmutableInterlocked.InterlockedExchange(ref _entries, entries);
        holder.Swap(Standing.Of(entries));
    }

    private int CutConnections(StandingKind kind, string target)
    {
        if (kind == StandingKind.RevokedKey)
        {
            return SpkiHash.TryParse(target, out var key) ? registry.CutKey(key, "its key was revoked") : 0;
        }

        return contracts.Current.Contracts.Where(c => c.Partner.Id == target).Select(c => c.Identity.Uri).Distinct()
            .Sum(uri => registry.Cut(uri, "its partner was suspended"));
    }

    private StandingEntry? Find(StandingKind kind, string target) => _entries.FirstOrDefault(e => e.Kind == kind && e.Target == target);

    private static Entry.Types.Administration Act(string action, string target, string reason, string by) =>
        new() { Actor = by, Action = action, Target = target, Reason = reason };

    public void Dispose() => _oneAtATime.Dispose();

    private static partial class Log
    {
        [LoggerMessage(1600, LogLevel.Critical, "Partner {Partner} was suspended by its threshold {Threshold}. `gateway partner show` tells more.", EventName = "PartnerSelfSuspended")]
        public static partial void SelfSuspended(ILogger logger, string partner, string threshold);

        [LoggerMessage(1601, LogLevel.Critical, "{Kind} {Target} is in force only until the gateway stops: it could not be stored. Mend the data folder and repeat it.", EventName = "ProtectionNotKept")]
        public static partial void NotKept(ILogger logger, StandingKind kind, string target, Exception exception);

        [LoggerMessage(1602, LogLevel.Critical, "{Kind} {Target} is in force, but the disclosure log could not take its record.", EventName = "ProtectionNotRecorded")]
        public static partial void NotRecorded(ILogger logger, StandingKind kind, string target, Exception exception);
    }
}
