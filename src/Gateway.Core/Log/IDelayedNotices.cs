using Gateway.Protos.Log.V1;

namespace Gateway.Core.Log;

/// <summary>
/// Tells whether a disclosure on legal grounds is still hidden from its subjects. A process boundary: a notice can be delayed further, by
/// an act that comes after the entry.
/// </summary>
public interface IDelayedNotices
{
    /// <summary>True while the subjects must not see the disclosure among their own.</summary>
    /// <exception cref="LogUnavailableException">Nobody can tell now, or the case is not known: nothing may be listed.</exception>
    ValueTask<bool> IsDelayedAsync(Entry.Types.LegalCase legalCase, DateTimeOffset now, CancellationToken cancellationToken);
}
