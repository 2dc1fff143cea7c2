using Gateway.Core.Log;

namespace Gateway.Core.Exchange;

/// <summary>What the log knows of earlier calls. A process boundary.</summary>
public interface IDisclosureHistory
{
    /// <summary>True when the record was released to the partner by an entry that is durable now.</summary>
    /// <exception cref="LogUnavailableException">The log cannot tell.</exception>
    ValueTask<bool> WasDisclosedAsync(string partner, Pseudonym record, CancellationToken cancellationToken);
}
