using Gateway.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Erasure;
using Gateway.Legal;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Stores.Tiles;

namespace Gateway.Hosting;

/// <summary>What must be true before the first connection is accepted. A failure here ends the start.</summary>
internal sealed class StartUp(
    LoadedContracts loaded,
    ContractChangeRecorder contracts,
    Planner planner,
    PlanHolder plans,
    ILogReader log,
    TreeCheck tree,
    IEnumerable<SecondPlace> mirrors,
    ForgetReplay forgets,
    RecordedCases cases,
    AdministrationLog administration,
    TimeProvider clock) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await tree.RunAsync(cancellationToken);                      // first: nothing is appended to a log that is not the one that was signed
        await CheckMirrorAsync(cancellationToken);                   // a data folder put back as a whole agrees with itself
        await contracts.RecordStartAsync(loaded, cancellationToken); // no call may run under a revision that is not recorded
        await forgets.RunAsync(cancellationToken);                   // a key store from a backup must link nobody who was forgotten
        await cases.CheckAsync(cancellationToken);                   // an older store of cases would show what must be hidden still
        await RebuildQuotasAsync(cancellationToken);                 // a restart must not give a partner a second day
        await administration.RecordAsync(new Entry.Types.Administration
        {
            Actor = "gateway",
            Action = "start",
            ToRevision = plans.Current.Snapshot.Revision,
        });
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task CheckMirrorAsync(CancellationToken cancellationToken)
    {
        foreach (var mirror in mirrors)
        {
            await mirror.CheckAsync(await log.GetHeadAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task RebuildQuotasAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        await foreach (var disclosure in new LogReplay(log).DisclosuresSinceAsync(new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), cancellationToken))
        {
            planner.Subjects(disclosure.Partner, disclosure.Purpose, disclosure.Record).TryReserve(day, disclosure.Subjects.AsSpan(), limit: null);
        }
    }
}
