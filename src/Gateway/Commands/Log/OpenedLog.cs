using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Tiles;
using Google.Protobuf;

namespace Gateway.Commands.Log;

/// <summary>A tiled log that a command works on, and what is known beside it.</summary>
/// <param name="log">The log.</param>
/// <param name="held">What is disposed with it.</param>
internal sealed class OpenedLog(ITiledLog log, params IReadOnlyList<IDisposable> held) : IDisposable
{
    /// <summary>The log.</summary>
    public ITiledLog Log { get; } = log;

    /// <summary>What the gateway says its keys are; null where there is no gateway to ask.</summary>
    public IReadOnlyList<NoteVerifier>? OwnKeys { get; init; }

    /// <summary>Looks a receipt up past the entries; null where they must be read.</summary>
    public Func<string, CancellationToken, Task<long>>? Lookup { get; init; }

    /// <summary>True where a next checkpoint may come.</summary>
    public bool IsLive { get; init; }

    /// <summary>How many entries there are, signed or not; null where nobody can tell.</summary>
    public long? Head { get; init; }

    /// <summary>A checkpoint kept beside the log's own files; null where there is none.</summary>
    public SignedNote? Kept { get; init; }

    /// <summary>The log, read with patience for the witnesses that must have cosigned it.</summary>
    public ITiledLog As(LogTrust trust) => IsLive && !trust.Witnesses.IsEmpty ? new WitnessedTiledLog(Log, trust, TimeProvider.System) : Log;

    /// <summary>The checkpoint, if it can be trusted.</summary>
    /// <exception cref="CommandFailure">It cannot, or there is none.</exception>
    public async Task<(SignedNote Note, Checkpoint Checkpoint)> CheckpointAsync(LogTrust trust, CancellationToken cancellationToken)
    {
        var bytes = await As(trust).ReadAsync(TiledResource.Checkpoint, cancellationToken)
            ?? throw new CommandFailure(ExitCode.CheckFailed, "The log has no checkpoint: nothing was signed yet.");
        if (!SignedNote.TryParse(bytes, out var note))
        {
            throw new CommandFailure(ExitCode.CheckFailed, "The log's checkpoint is no signed note.");
        }

        var judged = trust.Judge(note);
        return judged.Checkpoint is { } checkpoint ? (note, checkpoint) : throw new CommandFailure(ExitCode.CheckFailed, judged.Fault!);
    }

    /// <summary>Brings a folder up to the log's checkpoint, verified on the way; gives what it commits to.</summary>
    /// <exception cref="CommandFailure">The log or the folder is not what it must be.</exception>
    public async Task<Checkpoint> CopyAsync(string folder, LogTrust trust, CancellationToken cancellationToken)
    {
        try
        {
            return await new TileCopy(As(trust), folder, trust).RunAsync(cancellationToken)
                ?? throw new CommandFailure(ExitCode.CheckFailed, "The log has no checkpoint: nothing was signed yet.");
        }
        catch (TileCopyException e)
        {
            throw new CommandFailure(ExitCode.CheckFailed, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"{folder} cannot be written: {e.Message}");
        }
    }

    /// <summary>The index of a receipt's entry.</summary>
    /// <exception cref="CommandFailure">There is none among the entries that are signed.</exception>
    public async Task<long> FindAsync(string receipt, long size, CancellationToken cancellationToken)
    {
        if (!ReceiptId.TryParse(receipt, out var id))
        {
            throw new CommandFailure(ExitCode.Usage, "A receipt's id has 8-4-4-4-12 hex digits, as an answer or the log has it.");
        }

        if (Lookup is not null)
        {
            return await Lookup(receipt, cancellationToken);
        }

        var wanted = id.Value.ToByteArray(bigEndian: true);
        for (var number = (size - 1) / TiledResource.FullWidth; number >= 0 && size > 0; number--)
        {
            var entries = await EntriesAsync(number, size, cancellationToken);
            for (var i = 0; i < entries.Count; i++)
            {
                if (entries[i].Length > 0 && IsReceipt(entries[i], wanted))
                {
                    return (number * TiledResource.FullWidth) + i;
                }
            }
        }

        throw new CommandFailure(ExitCode.CheckFailed, $"None of the {size} signed entries has this receipt.", "a newer entry may not be signed yet; try again in a second");
    }

    /// <summary>The proof that an entry is in the log.</summary>
    /// <exception cref="CommandFailure">The entry or a tile is missing, or they do not lead to the signed root.</exception>
    public async Task<LogProof> ProveAsync(long index, SignedNote note, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var entries = await EntriesAsync(index / TiledResource.FullWidth, checkpoint.Head.Size, cancellationToken);
        var place = (int)(index % TiledResource.FullWidth);
        if (place >= entries.Count || entries[place].IsEmpty)
        {
            throw new CommandFailure(ExitCode.CheckFailed, $"Entry {index} is not there any more: lost, or archived and pruned.", "where it was archived, prove it with --tiles and the archive's folder");
        }

        try
        {
            var hashes = await new TreeReader(Log, checkpoint.Head.Size).InclusionAsync(index, cancellationToken);
            var proof = new LogProof(entries[place], index, [.. hashes], note);
            return proof.IsIncludedIn(checkpoint) ? proof : throw new CommandFailure(
                ExitCode.CheckFailed, $"Entry {index} and the log's tiles do not lead to the signed root: the log was changed.", "see where: gateway log verify");
        }
        catch (MissingTileException e)
        {
            throw new CommandFailure(ExitCode.CheckFailed, $"{e.Message}: the proof cannot be made.", "see what else is missing: gateway log verify");
        }
    }

    public void Dispose()
    {
        foreach (var thing in held)
        {
            thing.Dispose();
        }
    }

    private async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> EntriesAsync(long number, long size, CancellationToken cancellationToken)
    {
        var width = (int)Math.Min(TiledResource.FullWidth, size - (number * TiledResource.FullWidth));
        return await Log.ReadAsync(TiledResource.Entries(number, width), cancellationToken) is { } bundle ? EntryBundle.Read(bundle) : [];
    }

    private static bool IsReceipt(ReadOnlyMemory<byte> entry, byte[] wanted)
    {
        try
        {
            return Entry.Parser.ParseFrom(entry.Span).Receipt.Span.SequenceEqual(wanted);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }
}
