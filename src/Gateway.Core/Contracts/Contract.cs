using System.Collections.Immutable;
using System.Net;
using Gateway.Core.Identity;
using Gateway.Core.Statistics;
using Gateway.Core.Subjects;

namespace Gateway.Core.Contracts;

/// <summary>One partner's contract, compiled. Immutable; part of a <see cref="Snapshot"/>.</summary>
public sealed class Contract
{
    /// <summary>The contract's name, unique within a snapshot.</summary>
    public required string Name { get; init; }

    /// <summary>Who the partner is.</summary>
    public required Partner Partner { get; init; }

    /// <summary>The agreement behind it.</summary>
    public required Agreement Agreement { get; init; }

    /// <summary>How the partner proves who it is.</summary>
    public required IdentityTerms Identity { get; init; }

    /// <summary>What it may ask for.</summary>
    public required ImmutableArray<Grant> Grants { get; init; }

    /// <summary>The statistics it may ask for; null for none.</summary>
    public StatisticsTerms? Statistics { get; init; }

    /// <summary>Thresholds that suspend the partner by themselves when tripped; empty for none.</summary>
    public required ImmutableArray<SuspendOn> SuspendOn { get; init; }

    /// <summary>What lets it ask for one subject at a time; null for anyone but the shop's own account site.</summary>
    public SubjectAccess? SubjectAccess { get; init; }

    /// <summary>True when the agreement covers the instant.</summary>
    public bool IsInForce(DateTimeOffset now) => Agreement.Effective <= now && now < Agreement.Expires;
}

/// <summary>The partner: a legal entity.</summary>
/// <param name="Id">The partner's id, lower-case letters, digits and dashes: <c>northgate-warehouse</c>.</param>
/// <param name="Name">The legal name that customers are told.</param>
/// <param name="Role">Its role under the GDPR.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Safeguard">The named safeguard for a country outside the policy's area, GDPR Art. 44–46; null inside it.</param>
/// <param name="SecurityContact">Whom to call at 3 am; may be empty.</param>
/// <param name="PrivacyContact">Its data protection officer; may be empty.</param>
public sealed record Partner(
    string Id, string Name, PartnerRole Role, string Country, string? Safeguard, string SecurityContact, string PrivacyContact);

/// <summary>A partner's role under the GDPR.</summary>
public enum PartnerRole
{
    Processor,
    Controller,
    Internal,
}

/// <summary>The agreement, from its first instant to the first instant after it, UTC.</summary>
public sealed record Agreement(string Reference, DateTimeOffset Effective, DateTimeOffset Expires);

/// <summary>How a partner proves who it is.</summary>
/// <param name="Authority">Name of the authority: <c>partners</c> is <c>partners-ca.pem</c> in the certificates folder.</param>
/// <param name="Uri">Its SPIFFE id.</param>
/// <param name="Keys">Pins, SHA-256 of the SPKI; empty for any key the authority certifies.</param>
/// <param name="Networks">Where it may call from; empty for anywhere.</param>
public sealed record IdentityTerms(string Authority, SpiffeId Uri, ImmutableArray<SpkiHash> Keys, ImmutableArray<IPNetwork> Networks);

/// <summary>A threshold that suspends a partner by itself.</summary>
public enum SuspendOn
{
    /// <summary>A call over <c>subjects_per_day</c>.</summary>
    SubjectQuota,

    /// <summary>More than <c>misses_per_minute</c> asked-for records that were not available.</summary>
    Enumeration,
}
