namespace Gateway.Witness;

/// <summary>Where in <c>--data</c> a witness keeps what. Made 0700.</summary>
internal sealed record WitnessFolder(string Root)
{
    /// <summary>Its key and what it cosigned last of each log: one file, so that neither is lost without the other.</summary>
    public string Memory => Path.Combine(Root, "witness.db");

    /// <summary>What may prove that a log misbehaved.</summary>
    public string Evidence => Path.Combine(Root, "evidence");
}
