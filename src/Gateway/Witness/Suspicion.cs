namespace Gateway.Witness;

/// <summary>Why a checkpoint that a log signed may be evidence against it.</summary>
internal enum Suspicion
{
    /// <summary>As many entries as were cosigned, but others: two checkpoints that cannot both be true. Proof by itself.</summary>
    Fork,

    /// <summary>No valid proof that it goes on from what was cosigned. Anybody can send a wrong proof: ask the log for a right one.</summary>
    NotProven,

    /// <summary>Fewer entries than were cosigned. Anybody can send an old checkpoint again: ask the log whether it was rolled back.</summary>
    Smaller,
}
