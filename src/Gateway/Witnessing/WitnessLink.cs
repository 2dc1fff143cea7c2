using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Witnesses;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;

namespace Gateway.Witnessing;

/// <summary>
/// One witness and what is known of it. Submits a checkpoint to it, follows it where it knows less than we thought, and never takes its
/// contradiction for anything else. Used by one caller at a time; <see cref="State"/> by any.
/// </summary>
internal sealed partial class WitnessLink(WitnessSettings settings, WitnessClient client, TimeProvider clock, ILogger<WitnessLink> logger) : IDisposable
{
    /// <summary>The longest time between two tries after failures.</summary>
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private const int MostTries = 3;

    private volatile WitnessState _state = WitnessState.Unknown;
    private long _notBefore = clock.GetTimestamp();

    public NoteVerifier Key => settings.Key;

    public string Name => settings.Key.Name;

    public WitnessState State => _state;

    /// <summary>True when it has not cosigned this checkpoint and may be asked now.</summary>
    public bool IsDue(PublishedCheckpoint latest) => !HasCosigned(latest) && clock.GetTimestamp() >= _notBefore;

    /// <summary>Takes up what it had cosigned before the start.</summary>
    public void Resume(PublishedCheckpoint cosigned) => _state = _state with { Cosigned = cosigned };

    /// <summary>Asks it to cosign. Gives its cosignature, verified; null where there is none.</summary>
    /// <exception cref="MissingTileException">The log's tree lacks what a proof needs.</exception>
    public async Task<NoteSignature?> SubmitAsync(PublishedCheckpoint latest, ITiledLog tiles, CancellationToken cancellationToken)
    {
        var head = latest.Checkpoint.Head;
        var old = Math.Min(_state.Cosigned?.Checkpoint.Head.Size ?? 0, head.Size);
        for (var i = 0; i < MostTries; i++)
        {
            var proof = await new TreeReader(tiles, head.Size).ConsistencyAsync(old, cancellationToken);
            var reply = await client.AddAsync(new AddCheckpoint(old, [.. proof], latest.Note, latest.Checkpoint), cancellationToken);
            switch (reply)
            {
                case WitnessReply.Cosigned cosigned:
                    return Take(cosigned, latest);
                case WitnessReply.Conflict conflict when conflict.Size > head.Size:
                    return Contradicts($"it cosigned {conflict.Size} entries, the log has {head.Size}: the log was rolled back");
                case WitnessReply.Conflict conflict when conflict.Size == old:
                    return old == head.Size
                        ? Contradicts($"it cosigned other entries than these {old}: the log was rewritten")
                        : Fails("answers 409 with the very size that it was given");
                case WitnessReply.Conflict conflict:
                    WentBack(conflict.Size);
                    old = conflict.Size;
                    break;
                case WitnessReply.NoProof:
                    return Contradicts($"its first {old} entries are not ours: the log was rewritten");
                case WitnessReply.Failed failed:
                    return Fails(failed.Reason);
            }
        }

        return Fails("answers 409 with another size each time");
    }

    /// <summary>A try could not even be made.</summary>
    public NoteSignature? Fails(string reason)
    {
        if (_state.Trouble is null)
        {
            Log.Failed(logger, Name, reason);
        }

        _state = _state with { Trouble = reason, Failures = _state.Failures + 1 };
        Pause();
        return null;
    }

    /// <summary>Finds out how old the oldest entry is that it has not cosigned.</summary>
    public async ValueTask MeasureAsync(PublishedCheckpoint latest, ILogReader log, CancellationToken cancellationToken)
    {
        if (HasCosigned(latest))
        {
            _state = _state with { BehindSince = null };
        }
        else if (_state.BehindSince is null)
        {
            var first = await log.ReadAsync(Math.Min(_state.Cosigned?.Checkpoint.Head.Size ?? 0, latest.Checkpoint.Head.Size - 1), limit: 1, cancellationToken);
            _state = _state with { BehindSince = first.Count == 0 ? clock.GetUtcNow() : Entry.Parser.ParseFrom(first[0].Bytes).Time.ToDateTimeOffset() };
        }
    }

    public void Dispose() => client.Dispose();

    private bool HasCosigned(PublishedCheckpoint latest) =>
        _state.Contradiction is null && latest.Checkpoint.Head == (_state.Cosigned?.Checkpoint.Head ?? TreeHead.Empty);

    private NoteSignature? Take(WitnessReply.Cosigned cosigned, PublishedCheckpoint latest)
    {
        var signature = cosigned.Signatures.FirstOrDefault(s => s.Name == Key.Name && s.KeyId == Key.KeyId && Key.Verify(latest.Note.Text, s.Signature.AsSpan()));
        if (signature is null)
        {
            return Fails("answers without a cosignature of its key: is Gateway__Log__Witnesses__…__Key what `gateway witness key` prints there?");
        }

        if (_state.Trouble is not null || _state.Contradiction is not null)
        {
            Log.Recovered(logger, Name, latest.Checkpoint.Head.Size);
        }
        else if (_state.Cosigned is null)
        {
            Log.First(logger, Name, latest.Checkpoint.Head.Size);
        }

        _state = new WitnessState(latest with { Note = latest.Note.With([signature]) }, null, null, null, 0);
        return signature;
    }

    private NoteSignature? Contradicts(string how)
    {
        if (_state.Contradiction is null)
        {
            Instruments.RaiseAlarm(AlarmKind.WitnessContradicts);
            Log.Contradicts(logger, Name, how);
        }

        _state = _state with { Contradiction = how, Failures = _state.Failures + 1 };
        Pause();
        return null;
    }

    // A witness that lost its memory can be led past a fork: its operator must know. One asked for the first time is told by no one.
    private void WentBack(long size)
    {
        if (_state.Cosigned is { } known && size < known.Checkpoint.Head.Size)
        {
            Log.WentBack(logger, Name, size, known.Checkpoint.Head.Size);
        }
    }

    private void Pause()
    {
        var pause = TimeSpan.FromSeconds(Math.Min(s_longestPause.TotalSeconds, Math.Pow(2, Math.Min(_state.Failures, 10)))) * (1 - (Random.Shared.NextDouble() / 2));
        _notBefore = clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency);
    }

    private static partial class Log
    {
        [LoggerMessage(1380, LogLevel.Warning, "Witness {Witness} does not cosign the log: it {Reason}. It is tried again", EventName = "WitnessFailed")]
        public static partial void Failed(ILogger logger, string witness, string reason);

        [LoggerMessage(1381, LogLevel.Information, "Witness {Witness} cosigns the log again, at {Size} entries", EventName = "WitnessRecovered")]
        public static partial void Recovered(ILogger logger, string witness, long size);

        [LoggerMessage(1382, LogLevel.Information, "Witness {Witness} cosigns the log, at {Size} entries", EventName = "WitnessCosigns")]
        public static partial void First(ILogger logger, string witness, long size);

        [LoggerMessage(1383, LogLevel.Critical, "Witness {Witness} contradicts the log: {How}. Keep the files as they are, they are evidence, and see what differs: gateway log verify", EventName = "WitnessContradicts")]
        public static partial void Contradicts(ILogger logger, string witness, string how);

        [LoggerMessage(1384, LogLevel.Error, "Witness {Witness} remembers {Size} entries, but had cosigned {Known}: its memory was lost or put back. Tell its operator", EventName = "WitnessWentBack")]
        public static partial void WentBack(ILogger logger, string witness, long size, long known);
    }
}
