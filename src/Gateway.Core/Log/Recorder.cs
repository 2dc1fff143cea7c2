namespace Gateway.Core.Log;

/// <summary>Records calls: builds the leaf and appends it. Safe for concurrent use.</summary>
public sealed class Recorder(IDisclosureLog log)
{
    /// <summary>
    /// Appends the call's leaf and completes when it is durable. Takes no cancellation token: what was begun to be recorded stays.
    /// </summary>
    /// <exception cref="LogUnavailableException">The log cannot take it; nothing may be answered.</exception>
    public ValueTask AppendAsync(in CallRecord call)
    {
        if (call.Records.Length != call.Subjects.Length)
        {
            throw new ArgumentException("Each record has one subject.", nameof(call));
        }

        var leaf = GC.AllocateUninitializedArray<byte>(CallLeaf.MaxSize(call));
        return log.AppendAsync(leaf.AsMemory(0, CallLeaf.Write(call, leaf)), call.Scope);
    }
}
