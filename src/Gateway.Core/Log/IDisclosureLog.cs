namespace Gateway.Core.Log;

/// <summary>
/// The append-only sequence of leaves. A process boundary. One writer; the order of appending is the index, without gaps.
/// </summary>
public interface IDisclosureLog
{
    /// <summary>
    /// Appends a leaf and completes when it is durable: it survives the loss of power. Takes no cancellation token, because a record
    /// whose call was cancelled stays. The scope, where given, is durable no later than the leaf.
    /// </summary>
    /// <param name="leaf">The exact bytes to store, 1 to 65,535.</param>
    /// <param name="scope">What the leaf's scope hash refers to; null where it refers to none.</param>
    /// <exception cref="LogUnavailableException">The log is full, broken, overloaded or closed; nothing was promised.</exception>
    ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope);

    /// <summary>
    /// As <see cref="AppendAsync"/>, for a leaf that tells of refusals and releases nothing: a log that is full may keep it in a reserve, as
    /// durably, and appends it, once and before anything else, when it can. One without a reserve appends it as any other.
    /// </summary>
    ValueTask AppendRefusalsAsync(ReadOnlyMemory<byte> leaf) => AppendAsync(leaf, scope: null);
}

/// <summary>A scope as the log stores it: once, by its hash.</summary>
/// <param name="Hash">SHA-256 of <paramref name="Bytes"/>.</param>
/// <param name="Bytes">The serialised <c>gateway.log.v1.Scope</c>.</param>
public sealed record StoredScope(ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> Bytes);

/// <summary>The log cannot take a leaf. The call is refused; nothing leaves unrecorded.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
