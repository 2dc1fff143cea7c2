using System.Security.Cryptography;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Core.Telemetry;

namespace Gateway.Contracts;

/// <summary>
/// Brings changed files into force while the gateway runs: prepared, recorded, then swapped whole. What is broken stays out, the last
/// good snapshot stays in force, and that is said in log, metric and <see cref="Status"/>.
/// </summary>
internal sealed partial class ContractReloader(
    ContractFolder folder,
    LoadedContracts initial,
    Catalogue catalogue,
    Planner planner,
    PlanHolder plans,
    StaffHolder staff,
    ContractChangeRecorder recorder,
    TimeProvider clock,
    ILogger<ContractReloader> logger) : BackgroundService
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    // A change comes as several events; what was not yet written when it was read is read at the next look.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(100);

    // A view may be repaired or a log freed without a file changing.
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _changed = new(0, 1);
    private volatile ContractStatus _status = new(initial.Snapshot.Revision, clock.GetUtcNow(), []);
    private string _seen = Fingerprint(initial.Files);
    private string _staffInForce = StaffFingerprint(initial.Files);
    private DateTimeOffset? _retryAt;

    /// <summary>How the contracts stand now.</summary>
    public ContractStatus Status => _status;

    /// <summary>Looks once whether the files changed, and brings a good change into force. One caller at a time.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ContractFile> files;
        try
        {
            files = await folder.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _seen = "";
            Fail([$"the contracts cannot be read: {e.Message}"]);
            return;
        }

        var seen = Fingerprint(files);
        if (seen == _seen && (_retryAt is null || clock.GetUtcNow() < _retryAt))
        {
            return;
        }

        (_seen, _retryAt) = (seen, null);
        if (LoadedContracts.Compile(files, catalogue, clock.GetUtcNow(), out var errors) is not { } next)
        {
            await KeepContractsAsync(files, errors);
            return;
        }

        try
        {
            await BringIntoForceAsync(next, cancellationToken);
        }
        catch (Exception e) when (e is SourceException or LogUnavailableException or IOException or UnauthorizedAccessException)
        {
            _retryAt = clock.GetUtcNow() + s_retry;
            Fail([e.Message]);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var warning in initial.Warnings)
        {
            Log.Warned(logger, warning);
        }

        using var watcher = Watch();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                if (await _changed.WaitAsync(s_poll, stoppingToken))
                {
                    await Task.Delay(s_settle, clock, stoppingToken);
                }

                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    private async Task BringIntoForceAsync(LoadedContracts next, CancellationToken cancellationToken)
    {
        var before = plans.Current.Snapshot;
        if (next.Snapshot.Revision != before.Revision)
        {
            var plan = planner.Prepare(next.Snapshot);
            await recorder.RecordReloadAsync(before, next, cancellationToken);
            plans.Swap(plan);
            Log.Reloaded(logger, before.Revision, next.Snapshot.Revision);
            foreach (var warning in next.Warnings)
            {
                Log.Warned(logger, warning);
            }
        }

        await BringStaffIntoForceAsync(next.Files, next.Staff);
        var since = next.Snapshot.Revision == before.Revision ? _status.Since : clock.GetUtcNow();
        _status = new ContractStatus(next.Snapshot.Revision, since, []);
    }

    // Whoever left must lose access at once, also where that leaves a contract without the one who approved it.
    private async Task KeepContractsAsync(IReadOnlyList<ContractFile> files, IReadOnlyList<string> errors)
    {
        try
        {
            if (LoadedContracts.CompileStaff(files) is { } next)
            {
                await BringStaffIntoForceAsync(files, next);
            }

            Fail(errors);
        }
        catch (LogUnavailableException e)
        {
            _retryAt = clock.GetUtcNow() + s_retry;
            Fail([.. errors, e.Message]);
        }
    }

    private async Task BringStaffIntoForceAsync(IReadOnlyList<ContractFile> files, StaffDirectory next)
    {
        if (StaffFingerprint(files) is var fingerprint && fingerprint != _staffInForce)
        {
            await recorder.RecordStaffAsync(staff.Current, next);
            staff.Swap(next);
            _staffInForce = fingerprint;
            Log.StaffReloaded(logger, next.Members.Length);
        }
    }

    private void Fail(IReadOnlyList<string> errors)
    {
        if (_status.Errors.SequenceEqual(errors, StringComparer.Ordinal))
        {
            return;
        }

        Instruments.ContractReloadFailures.Add(1);
        _status = _status with { Errors = errors };
        Log.KeptLast(logger, errors.Count, plans.Current.Snapshot.Revision);
        foreach (var error in errors)
        {
            Log.Broken(logger, error);
        }
    }

    // Polling alone would do; the watcher only makes it prompt, and may miss events or not work on a network file system.
    private FileSystemWatcher? Watch()
    {
        try
        {
            var watcher = new FileSystemWatcher(folder.Path);
            watcher.Changed += (_, _) => Signal();
            watcher.Created += (_, _) => Signal();
            watcher.Deleted += (_, _) => Signal();
            watcher.Renamed += (_, _) => Signal();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            Log.NotWatched(logger, e.Message);
            return null;
        }
    }

    private void Signal()
    {
        try
        {
            _changed.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // A look is due already, or none will come.
        }
    }

    private static string Fingerprint(IReadOnlyList<ContractFile> files) => Revision.Of(files) + StaffFingerprint(files);

    private static string StaffFingerprint(IReadOnlyList<ContractFile> files) =>
        files.FirstOrDefault(f => f.Name == ContractFile.Staff) is { } file ? Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span)) : "";

    private static partial class Log
    {
        [LoggerMessage(1200, LogLevel.Information, "Contracts reloaded from revision {From} to {To}", EventName = "ContractsReloaded")]
        public static partial void Reloaded(ILogger logger, string from, string to);

        [LoggerMessage(1201, LogLevel.Error, "Contracts not reloaded, {Count} errors: revision {Revision} stays in force", EventName = "ContractsKept")]
        public static partial void KeptLast(ILogger logger, int count, string revision);

        [LoggerMessage(1202, LogLevel.Error, "{Error}", EventName = "ContractError")]
        public static partial void Broken(ILogger logger, string error);

        [LoggerMessage(1203, LogLevel.Warning, "{Warning}", EventName = "ContractWarning")]
        public static partial void Warned(ILogger logger, string warning);

        [LoggerMessage(1204, LogLevel.Information, "Staff reloaded, {Count} members", EventName = "StaffReloaded")]
        public static partial void StaffReloaded(ILogger logger, int count);

        [LoggerMessage(1205, LogLevel.Warning, "Contracts are looked at once a second only: {Reason}", EventName = "ContractsNotWatched")]
        public static partial void NotWatched(ILogger logger, string reason);
    }
}
