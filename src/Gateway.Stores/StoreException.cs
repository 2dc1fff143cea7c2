namespace Gateway.Stores;

/// <summary>A store cannot be opened, so start fails. The message tells the operator what happened, why, and what to do next.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True where the store is sound and another gateway has it open.</summary>
    public bool InUse { get; init; }
}
