using System.Collections.Immutable;

namespace Gateway.Core.Contracts;

/// <summary>Whose data it is to answer for, as GDPR Art. 30(1)(a) asks.</summary>
/// <param name="Name">Legal name.</param>
/// <param name="Address">Postal address, one line.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="PrivacyContact">Whom customers and authorities write to.</param>
/// <param name="SecurityContact">Whom to call at 3 am.</param>
public sealed record Controller(string Name, string Address, string Country, string PrivacyContact, string SecurityContact)
{
    /// <summary>Its representative in the area, GDPR Art. 27; null where it needs none.</summary>
    public NamedContact? Representative { get; init; }

    /// <summary>Its data protection officer; null where it has none.</summary>
    public NamedContact? Officer { get; init; }

    /// <summary>Who decides together with it, GDPR Art. 26.</summary>
    public ImmutableArray<NamedContact> Joint { get; init; } = [];

    public bool Equals(Controller? other) => other is not null
        && (Name, Address, Country, PrivacyContact, SecurityContact, Representative, Officer)
            == (other.Name, other.Address, other.Country, other.PrivacyContact, other.SecurityContact, other.Representative, other.Officer)
        && Joint.SequenceEqual(other.Joint);

    public override int GetHashCode() => HashCode.Combine(Name, Address, Country);
}

/// <summary>A person or body and how to reach it.</summary>
public sealed record NamedContact(string Name, string Contact);
