using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Notes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>
/// Follows the log: hashes its leaves into the tree and signs a checkpoint, at most one a second, when it has grown. Not on the way of
/// a call: what fails here is told and stops nobody. A checkpoint is durable in the tree's file, then in the file outside, then published.
/// The host runs it until it stops, after <see cref="TreeCheck"/>.
/// </summary>
public sealed partial class TreeFollower(
    SqliteTree tree, ILogReader log, LogIdentity identity, CheckpointFile file, CheckpointFeed feed, TimeProvider clock, ILogger<TreeFollower> logger)
{
    /// <summary>Time between two checkpoints, at least.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Time between two looks at a log that has not grown.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Time before another try after a failure.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    private const long Never = long.MinValue;

    private readonly TreeGrowth _growth = new(tree, log);
    private PublishedCheckpoint? _signed;
    private long _signedAt = Never;
    private long _unsignedSince = Never;
    private long _unsigned;
    private bool _ended;
    private volatile string? _mismatch;
    private volatile string? _trouble;

    /// <summary>What does not go together: something was changed under the gateway, and nothing is signed any more. Null while all does.</summary>
    public string? Mismatch => _mismatch;

    /// <summary>Why the last try failed; null when it did not.</summary>
    public string? Trouble => _trouble;

    /// <summary>Follows until cancelled, then signs what there is. A failure is tried again; after a mismatch or a failed sync nothing is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var lag = Instruments.LogTreeLag.Add(() => Volatile.Read(ref _unsigned));
        using var age = Instruments.LogCheckpointAge.Add(() => Volatile.Read(ref _unsignedSince) is var since && since == Never ? 0 : clock.GetElapsedTime(since).TotalSeconds);
        _signed = feed.Latest;
        while (!_ended && !cancellationToken.IsCancellationRequested)
        {
            if (await StepAsync(atOnce: false, cancellationToken) is var pause && pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // Calls have ended: a log that is stopped is signed to its end, also within the second.
        while (!_ended && await StepAsync(atOnce: true, CancellationToken.None) == TimeSpan.Zero)
        {
        }
    }

    /// <summary>How far the last checkpoint is behind the log.</summary>
    public async ValueTask<CheckpointLag> LagAsync(CancellationToken cancellationToken)
    {
        var head = await log.GetHeadAsync(cancellationToken);
        var signed = feed.Latest?.Checkpoint.Head.Size ?? 0;
        var oldest = signed < head ? await log.ReadAsync(signed, limit: 1, cancellationToken) : [];
        return oldest.Count == 0
            ? new CheckpointLag(0, TimeSpan.Zero)
            : new CheckpointLag(head - signed, clock.GetUtcNow() - Entry.Parser.ParseFrom(oldest[0].Bytes).Time.ToDateTimeOffset());
    }

    /// <summary>A block of leaves and, where it is time, a checkpoint; gives how long to wait, zero where there is more to do.</summary>
    private async ValueTask<TimeSpan> StepAsync(bool atOnce, CancellationToken cancellationToken)
    {
        try
        {
            var added = await _growth.AppendOnceAsync(cancellationToken);
            Measure();
            if (tree.Size > SignedSize && (atOnce ? added == 0 : _signedAt == Never || clock.GetElapsedTime(_signedAt) >= Interval))
            {
                await SignAsync(cancellationToken);
                Measure();
            }

            Publish();
            Recovered();
            return added > 0 ? TimeSpan.Zero : s_pause;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e) when (e is LogMismatchException or MissingTileException)
        {
            _ended = true;
            _mismatch = e.Message;
            Instruments.RaiseAlarm(AlarmKind.LogMismatch);
            Log.Mismatch(logger, e.Message);
            return s_retry;
        }
        catch (Exception e)
        {
            Failed(e);
            return s_retry;
        }
    }

    private long SignedSize => _signed?.Checkpoint.Head.Size ?? 0;

    /// <summary>Signs the head, once the tiles themselves prove that it goes on from the last one signed.</summary>
    private async ValueTask SignAsync(CancellationToken cancellationToken)
    {
        var (head, since) = (tree.Head, _signed?.Checkpoint.Head ?? TreeHead.Empty);
        var tiles = new TreeReader(tree.Growing, head.Size);
        // What is durable must still be what was signed, and what was appended must go on from it.
        if (await new TreeReader(tree, since.Size).RootAsync(cancellationToken) != since.Root
            || await tiles.RootAsync(cancellationToken) != head.Root
            || !MerkleProof.IsConsistent(since, head, await tiles.ConsistencyAsync(since.Size, cancellationToken)))
        {
            throw new LogMismatchException(
                $"the tree of {head.Size} entries does not go on from the checkpoint of {since.Size} that was signed: its file was changed");
        }

        var note = identity.Sign(head);
        tree.Commit(note);
        _signed = new PublishedCheckpoint(note, new Checkpoint(identity.Origin, head));
        _signedAt = clock.GetTimestamp();
    }

    private void Publish()
    {
        if (_signed is { } signed && !ReferenceEquals(signed, feed.Latest))
        {
            file.Write(signed.Note);
            feed.Publish(signed);
        }
    }

    private void Measure()
    {
        var unsigned = tree.Size - SignedSize;
        Volatile.Write(ref _unsigned, unsigned);
        if (unsigned == 0)
        {
            Volatile.Write(ref _unsignedSince, Never);
        }
        else if (_unsignedSince == Never)
        {
            Volatile.Write(ref _unsignedSince, clock.GetTimestamp());
        }
    }

    private void Failed(Exception failure)
    {
        var reason = SqliteFailure.Describe(failure);
        var first = _trouble is null;
        _trouble = reason;
        if (failure is SqliteException && SqliteFailure.IsFatal(failure))
        {
            _ended = true;
            Instruments.RaiseAlarm(AlarmKind.LogUnsigned);
            Log.Ended(logger, reason);
        }
        else if (first)
        {
            Log.Failed(logger, reason);
        }
    }

    private void Recovered()
    {
        if (_trouble is not null)
        {
            _trouble = null;
            Log.Recovered(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1330, LogLevel.Error, "No checkpoint of the log can be signed: {Reason}. It is tried again; calls are answered all the while.",
            EventName = "CheckpointFailed")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(1331, LogLevel.Critical,
            "The log, its tree and its checkpoints do not go together: {What}. Nothing is signed any more. Keep the files as they are, they are "
            + "evidence, and see what differs: gateway log verify.", EventName = "LogMismatch")]
        public static partial void Mismatch(ILogger logger, string what);

        [LoggerMessage(1332, LogLevel.Critical,
            "No checkpoint of the log can be signed any more: {Reason}. Calls are answered and recorded; restart the gateway to sign again.",
            EventName = "CheckpointsEnded")]
        public static partial void Ended(ILogger logger, string reason);

        [LoggerMessage(1333, LogLevel.Information, "Checkpoints of the log are signed again.", EventName = "CheckpointRecovered")]
        public static partial void Recovered(ILogger logger);
    }
}

/// <summary>How far the last published checkpoint is behind the log.</summary>
/// <param name="Entries">Entries that it does not cover.</param>
/// <param name="Age">Age of the oldest of them.</param>
public readonly record struct CheckpointLag(long Entries, TimeSpan Age);
