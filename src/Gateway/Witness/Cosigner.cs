using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Witnesses;
using Gateway.Stores.Sqlite.Witness;

namespace Gateway.Witness;

/// <summary>
/// Decides on each checkpoint in the order of c2sp.org/tlog-witness. What it cosigns is durable before it is answered, and was checked
/// against what it cosigned last in the same turn: of two that go on from the same size, one is. Safe for concurrent use.
/// </summary>
internal sealed partial class Cosigner(TrustedLogs logs, SqliteWitnessStore store, EvidenceFolder evidence, IHostApplicationLifetime lifetime, ILogger<Cosigner> logger)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<string, SignedNote> _last = new(store.Memory.Cosigned, StringComparer.Ordinal);

    /// <summary>Why it cosigns no more; null while it does.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Answers the body of a request.</summary>
    public WitnessAnswer Add(ReadOnlySpan<byte> body)
    {
        if (!AddCheckpoint.TryParse(body, out var request))
        {
            return WitnessAnswer.Malformed;
        }

        if (logs.KeysOf(request.Checkpoint.Origin) is not { } keys)
        {
            return WitnessAnswer.UnknownLog;
        }

        if (request.Note.VerifiedBy(keys).Count == 0)
        {
            return WitnessAnswer.NoTrustedSignature;
        }

        if (request.OldSize > request.Checkpoint.Head.Size)
        {
            return WitnessAnswer.OldIsLarger;
        }

        lock (_turn)
        {
            return Trouble is null ? InTurn(request, keys) : WitnessAnswer.NotKept;
        }
    }

    private WitnessAnswer InTurn(AddCheckpoint request, IReadOnlyCollection<NoteVerifier> keys)
    {
        var (origin, head) = (request.Checkpoint.Origin, request.Checkpoint.Head);
        var note = _last.GetValueOrDefault(origin);
        var last = note is null ? TreeHead.Empty : Parse(note);
        if (note is not null && Suspect(last, request) is { } suspicion)
        {
            Tell(suspicion, note, last, request);
        }

        if (request.OldSize != last.Size || (head.Size == last.Size && head.Root != last.Root))
        {
            return WitnessAnswer.Conflict(last.Size);
        }

        if (!MerkleProof.IsConsistent(last, head, request.Proof.AsSpan()))
        {
            return WitnessAnswer.NoProof;
        }

        var signer = store.Memory.Signer;
        var cosignature = new NoteSignature(signer.Verifier.Name, signer.Verifier.KeyId, [.. signer.Sign(request.Note.Text)]);
        var cosigned = request.Note with { Signatures = [.. request.Note.Signatures.Where(s => keys.Any(k => k.Name == s.Name && k.KeyId == s.KeyId)), cosignature] };
        try
        {
            store.Put(origin, cosigned);
        }
        catch (WitnessMemoryException e)
        {
            return NotKept(e);
        }

        _last[origin] = cosigned;
        if (note is null)
        {
            Log.FirstSeen(logger, origin, head.Size);
        }

        return WitnessAnswer.Cosigned(cosignature);
    }

    private static Suspicion? Suspect(TreeHead last, AddCheckpoint request)
    {
        var head = request.Checkpoint.Head;
        return head.Size < last.Size ? Suspicion.Smaller
            : head.Size == last.Size ? head.Root == last.Root ? null : Suspicion.Fork
            : request.OldSize == last.Size && !MerkleProof.IsConsistent(last, head, request.Proof.AsSpan()) ? Suspicion.NotProven
            : null;
    }

    // The same one again is no news: who sends it could drown what is.
    private void Tell(Suspicion suspicion, SignedNote note, TreeHead last, AddCheckpoint request)
    {
        var (origin, head) = (request.Checkpoint.Origin, request.Checkpoint.Head);
        var kept = evidence.Keep(suspicion, note, request);
        if (kept.IsNew)
        {
            Log.Suspicious(logger, suspicion, origin, head.Size, head.Root.ToString(), last.Size, last.Root.ToString(), kept.Where);
        }
        else
        {
            Log.SuspiciousAgain(logger, suspicion, origin, head.Size, kept.Where);
        }
    }

    private static TreeHead Parse(SignedNote note) => Checkpoint.TryParse(note.Text, out var checkpoint)
        ? checkpoint.Head
        : throw new InvalidOperationException("Only checkpoints are cosigned.");

    private WitnessAnswer NotKept(WitnessMemoryException e)
    {
        Log.NotKept(logger, e);
        if (e.IsFatal)
        {
            Trouble = e.Message;
            lifetime.StopApplication();
        }

        return WitnessAnswer.NotKept;
    }

    private static partial class Log
    {
        [LoggerMessage(1390, LogLevel.Critical, "Not cosigned ({Suspicion}): {Origin} signed a checkpoint of {Size} entries, root {Root}, after one of {LastSize}, root {LastRoot}. Evidence kept in {Evidence}", EventName = "SuspiciousCheckpoint")]
        public static partial void Suspicious(ILogger logger, Suspicion suspicion, string origin, long size, string root, long lastSize, string lastRoot, string evidence);

        [LoggerMessage(1393, LogLevel.Warning, "Not cosigned again ({Suspicion}): {Origin}, {Size} entries. Evidence is in {Evidence}", EventName = "SuspiciousCheckpointAgain")]
        public static partial void SuspiciousAgain(ILogger logger, Suspicion suspicion, string origin, long size, string evidence);

        [LoggerMessage(1391, LogLevel.Warning, "{Origin} is cosigned for the first time, at {Size} entries. If this witness knew the log before, its memory was lost", EventName = "LogFirstSeen")]
        public static partial void FirstSeen(ILogger logger, string origin, long size);

        [LoggerMessage(1392, LogLevel.Critical, "A checkpoint could not be kept, so it was not cosigned", EventName = "CheckpointNotKept")]
        public static partial void NotKept(ILogger logger, WitnessMemoryException exception);
    }
}
