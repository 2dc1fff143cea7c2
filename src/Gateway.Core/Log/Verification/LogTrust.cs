using System.Collections.Immutable;
using Gateway.Core.Log.Notes;

namespace Gateway.Core.Log.Verification;

/// <summary>Whose word about a log is taken. The keys come from outside the log: what a log says about itself proves nothing.</summary>
/// <param name="Keys">The log's own; one of them must have signed.</param>
/// <param name="Witnesses">Each of them must have cosigned.</param>
public sealed record LogTrust(ImmutableArray<NoteVerifier> Keys, ImmutableArray<NoteVerifier> Witnesses)
{
    /// <param name="keys">The log's own; no witness is asked for.</param>
    public LogTrust(params ImmutableArray<NoteVerifier> keys)
        : this(keys, [])
    {
    }

    /// <summary>Judges a signed checkpoint.</summary>
    public TrustedCheckpoint Judge(SignedNote note)
    {
        if (!Checkpoint.TryParse(note.Text, out var checkpoint))
        {
            return new TrustedCheckpoint(null, [], "It is no checkpoint: not origin, size and root, each on a line.");
        }

        var log = note.VerifiedBy([.. Keys.Where(k => k.Type == NoteVerifier.Ed25519 && k.Name == checkpoint.Origin)]);
        if (log.Count == 0)
        {
            return new TrustedCheckpoint(null, [], WhyNot(note, checkpoint));
        }

        var cosigned = new List<Cosigned>();
        foreach (var witness in Witnesses)
        {
            if (witness.Type != NoteVerifier.Cosignature || note.VerifiedBy([witness]).Count == 0)
            {
                return new TrustedCheckpoint(null, [], $"The witness {witness.Name} has not cosigned the checkpoint of {checkpoint.Head.Size} entries.");
            }

            var signature = note.Signatures.First(s => s.Name == witness.Name && s.KeyId == witness.KeyId);
            cosigned.Add(new Cosigned(witness.Name, NoteVerifier.TimeOf(signature.Signature.AsSpan())!.Value));
        }

        return new TrustedCheckpoint(checkpoint, [.. cosigned], null);
    }

    private string WhyNot(SignedNote note, Checkpoint checkpoint)
    {
        var named = Keys.Where(k => k.Name == checkpoint.Origin).ToArray();
        if (named.Length == 0)
        {
            return $"The checkpoint is of the log {checkpoint.Origin}, and the key is of {string.Join(", ", Keys.Select(k => k.Name).Distinct(StringComparer.Ordinal))}.";
        }

        return named.Any(k => note.Signatures.Any(s => s.Name == k.Name && s.KeyId == k.KeyId))
            ? "The checkpoint's signature is wrong: it was changed after it was signed."
            : $"The checkpoint is not signed with this key of {checkpoint.Origin}.";
    }
}

/// <summary>What a checkpoint is worth.</summary>
/// <param name="Checkpoint">What it commits to; null where it cannot be trusted.</param>
/// <param name="Cosigned">By which witnesses, of those asked for.</param>
/// <param name="Fault">Why it cannot be trusted, a sentence; null where it can.</param>
public sealed record TrustedCheckpoint(Checkpoint? Checkpoint, ImmutableArray<Cosigned> Cosigned, string? Fault);

/// <summary>A witness's signature.</summary>
/// <param name="Witness">The key's name.</param>
/// <param name="Time">When the witness says it was, UTC, whole seconds.</param>
public sealed record Cosigned(string Witness, DateTimeOffset Time);
