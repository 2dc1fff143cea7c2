using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Telemetry;
using Gateway.Stores.Notes;
using Gateway.Stores.Sqlite.Log.Tree;

namespace Gateway.Witnessing;

/// <summary>
/// Has the log's checkpoints cosigned, off the way of a call: every few seconds the newest one, by all witnesses that have not cosigned it,
/// at the same time. What they give is kept.
/// </summary>
internal sealed partial class WitnessFollower(
    Witnesses witnesses,
    CosignedFiles files,
    LogIdentity identity,
    CheckpointFeed feed,
    SqliteTree tree,
    ILogReader log,
    TimeProvider clock,
    ILogger<WitnessFollower> logger) : BackgroundService
{
    /// <summary>Time between two rounds.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Resume();
        using var measured = Instruments.LogWitnessLag.Add(() => witnesses.Measure(clock.GetUtcNow()));
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await RoundAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped: the witnesses are asked again at the next start.
        }
    }

    private void Resume()
    {
        foreach (var witness in witnesses.All)
        {
            if (files.Read(witness.Key, identity.Origin) is { } cosigned)
            {
                witness.Resume(cosigned);
            }
            else if (File.Exists(files.PathOf(witness.Key)))
            {
                Log.Unusable(logger, files.PathOf(witness.Key), witness.Name);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (feed.Latest is not { } latest)
        {
            return;
        }

        try
        {
            await MeasureAsync(latest, cancellationToken);
            var due = witnesses.All.Where(w => w.IsDue(latest)).ToList();
            var cosignatures = await Task.WhenAll(due.Select(w => SubmitAsync(w, latest, cancellationToken)));
            Keep(latest, [.. due.Zip(cosignatures).Where(p => p.Second is not null).Select(p => p.First)], cosignatures);
            await MeasureAsync(feed.Latest, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.RoundFailed(logger, e);
        }
    }

    private async Task<NoteSignature?> SubmitAsync(WitnessLink witness, PublishedCheckpoint latest, CancellationToken cancellationToken)
    {
        try
        {
            return await witness.SubmitAsync(latest, tree, cancellationToken);
        }
        catch (MissingTileException e)
        {
            return witness.Fails($"cannot be sent a proof: {e.Message}");
        }
    }

    private void Keep(PublishedCheckpoint latest, IReadOnlyList<WitnessLink> cosigned, NoteSignature?[] cosignatures)
    {
        if (cosigned.Count == 0)
        {
            return;
        }

        var note = latest.Note.With(cosignatures.OfType<NoteSignature>());
        try
        {
            foreach (var witness in cosigned)
            {
                files.Write(witness.Key, note);
            }

            tree.StoreCosigned(note);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.NotKept(logger, e);
        }
    }

    private async ValueTask MeasureAsync(PublishedCheckpoint latest, CancellationToken cancellationToken)
    {
        foreach (var witness in witnesses.All)
        {
            await witness.MeasureAsync(latest, log, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1385, LogLevel.Error, "The log's witnesses could not be asked. It is tried again", EventName = "WitnessRoundFailed")]
        public static partial void RoundFailed(ILogger logger, Exception exception);

        [LoggerMessage(1387, LogLevel.Error, "{Path} is not what {Witness} cosigned of this log: it was changed or is damaged. The witness is asked what it knows", EventName = "CosignedUnusable")]
        public static partial void Unusable(ILogger logger, string path, string witness);

        [LoggerMessage(1386, LogLevel.Error, "A cosigned checkpoint could not be kept. The next one is", EventName = "CosignedNotKept")]
        public static partial void NotKept(ILogger logger, Exception exception);
    }
}
