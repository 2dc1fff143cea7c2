using System.Collections.Immutable;

namespace Gateway.Core.Identity;

/// <summary>Keeps who is suspended and which keys are revoked, outside the contracts. A process boundary; called by one at a time.</summary>
public interface IStandingStore
{
    /// <summary>Every entry.</summary>
    ImmutableArray<StandingEntry> Load();

    /// <summary>Puts an entry in place of one of the same kind and target, and returns when it is durable: it survives the loss of power.</summary>
    /// <exception cref="StandingUnavailableException">It cannot be kept.</exception>
    void Put(StandingEntry entry);

    /// <summary>Takes the entry away, durably; nothing happens where there is none.</summary>
    /// <exception cref="StandingUnavailableException">It cannot be taken away.</exception>
    void Remove(StandingKind kind, string target);
}

/// <summary>What an entry of the standing is about. The numbers are stored.</summary>
public enum StandingKind
{
    /// <summary>A partner is suspended; the target is its id.</summary>
    SuspendedPartner = 1,

    /// <summary>A key is revoked; the target is its <see cref="SpkiHash.Text"/>.</summary>
    RevokedKey = 2,
}

/// <summary>One reason not to answer.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Target">Whom or which.</param>
/// <param name="Reason">Why, as the person who did it wrote.</param>
/// <param name="By">Staff member's id, or <c>gateway</c>.</param>
/// <param name="Since">When.</param>
public sealed record StandingEntry(StandingKind Kind, string Target, string Reason, string By, DateTimeOffset Since);

/// <summary>The standing cannot be kept. The message says what the operator can do.</summary>
public sealed class StandingUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
