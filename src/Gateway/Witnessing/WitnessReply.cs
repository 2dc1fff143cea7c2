using System.Collections.Immutable;
using Gateway.Core.Log.Notes;

namespace Gateway.Witnessing;

/// <summary>What came of asking a witness. Closed.</summary>
internal abstract record WitnessReply
{
    private WitnessReply()
    {
    }

    /// <summary>It cosigned; these are not verified yet.</summary>
    public sealed record Cosigned(ImmutableArray<NoteSignature> Signatures) : WitnessReply;

    /// <summary>The checkpoint that it cosigned last has this size, and what it was sent does not go on from there.</summary>
    public sealed record Conflict(long Size) : WitnessReply;

    /// <summary>The proof does not lead from what it cosigned last to what it was sent.</summary>
    public sealed record NoProof : WitnessReply;

    /// <summary>Nothing that tells of the log; why, for the operator.</summary>
    public sealed record Failed(string Reason) : WitnessReply;
}
