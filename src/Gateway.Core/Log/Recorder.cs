namespace Gateway.Core.Log;

/// <summary>Records calls: builds the leaf and appends it. Safe for concurrent use.</summary>
/// <param name="log">Takes the leaf.</param>
/// <param name="condition">What else must hold for a call to be answered; null for nothing. Refusals are recorded all the same.</param>
public sealed class Recorder(IDisclosureLog log, IDisclosureCondition? condition = null)
{
    /// <summary>
    /// Appends the call's leaf and completes when it is durable. Takes no cancellation token: what was begun to be recorded stays.
    /// </summary>
    /// <exception cref="LogUnavailableException">The log cannot take it, or its condition is not met; nothing may be answered.</exception>
    public ValueTask AppendAsync(in CallRecord call)
    {
        if (call.Records.Length != call.Subjects.Length)
        {
            throw new ArgumentException("Each record has one subject.", nameof(call));
        }

        if (call.Permissions.Length != 0 && call.Permissions.Length != call.Records.Length)
        {
            throw new ArgumentException("Each record relies on a permission, or none does.", nameof(call));
        }

        return call.Refusal is null && condition?.Unmet is { } unmet
            ? throw new LogUnavailableException(unmet)
            : log.AppendAsync(Leaf(call), call.Scope);
    }

    /// <summary>As <see cref="AppendAsync"/>, for an entry that tells of refusals: it is kept also while the log is full.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it.</exception>
    internal ValueTask AppendRefusalsAsync(in CallRecord refusals)
    {
        if (refusals.Refusal is null || refusals.Scope is not null)
        {
            throw new ArgumentException("A release is no refusal.", nameof(refusals));
        }

        return log.AppendRefusalsAsync(Leaf(refusals));
    }

    private static ReadOnlyMemory<byte> Leaf(in CallRecord call)
    {
        var leaf = GC.AllocateUninitializedArray<byte>(CallLeaf.MaxSize(call));
        return leaf.AsMemory(0, CallLeaf.Write(call, leaf));
    }
}
