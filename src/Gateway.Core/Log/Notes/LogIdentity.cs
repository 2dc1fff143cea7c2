using System.Collections.Immutable;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Notes;

/// <summary>Who a log is: its origin, and the keys that sign its checkpoints, each of them every one. Immutable.</summary>
/// <param name="Origin">The first line of its checkpoints and the name of its keys.</param>
/// <param name="Signers">At least one; two while one follows the other.</param>
public sealed record LogIdentity(string Origin, ImmutableArray<INoteSigner> Signers)
{
    /// <summary>The public keys, in the order of the signers.</summary>
    public ImmutableArray<NoteVerifier> Verifiers { get; } = [.. Signers.Select(s => s.Verifier)];

    /// <summary>Signs a head with each key. Only its caller can know that it goes on from the last one signed.</summary>
    public SignedNote Sign(TreeHead head) => SignedNote.Sign(new Checkpoint(Origin, head).Text, Signers);

    /// <summary>The checkpoint of a note that one of the keys has signed for this origin; null for any other.</summary>
    public Checkpoint? Verified(SignedNote note) => Checkpoint.Verified(note, Verifiers) is { } checkpoint && checkpoint.Origin == Origin ? checkpoint : null;
}
