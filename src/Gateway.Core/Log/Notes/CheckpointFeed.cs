namespace Gateway.Core.Log.Notes;

/// <summary>
/// The last checkpoint that is signed and kept, for those who pass it on: a second place, a witness. Slow ones miss those between,
/// never the last. Safe for concurrent use.
/// </summary>
public sealed class CheckpointFeed
{
    private readonly Lock _gate = new();
    private PublishedCheckpoint? _latest;
    private TaskCompletionSource _next = NewSource();

    /// <summary>The last one; null before the first.</summary>
    public PublishedCheckpoint? Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    /// <summary>The last checkpoint, as soon as it covers more than <paramref name="size"/> entries.</summary>
    public async ValueTask<PublishedCheckpoint> AfterAsync(long size, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_latest is { } latest && latest.Checkpoint.Head.Size > size)
                {
                    return latest;
                }

                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Makes it the last one. For the log's follower alone, when the checkpoint is kept in both places.</summary>
    public void Publish(PublishedCheckpoint checkpoint)
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            _latest = checkpoint;
            (waiting, _next) = (_next, NewSource());
        }

        waiting.SetResult();
    }

    // Who waits goes on elsewhere: the follower is not to do their work.
    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>A checkpoint and the note that signs it.</summary>
public sealed record PublishedCheckpoint(SignedNote Note, Checkpoint Checkpoint);
