using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Contracts;

/// <summary>What a contract lets its partner ask for under one purpose, compiled. Immutable.</summary>
public sealed class Grant
{
    /// <summary>Unique within a process; names what stores prepare for the grant.</summary>
    public required int Id { get; init; }

    /// <summary>The contract's name.</summary>
    public required string Contract { get; init; }

    /// <summary>The partner's id: what routing compares with.</summary>
    public required string Partner { get; init; }

    /// <summary>The purpose.</summary>
    public required Purpose Purpose { get; init; }

    /// <summary>The legal basis.</summary>
    public required LegalBasis Basis { get; init; }

    /// <summary>The record.</summary>
    public required RecordType Record { get; init; }

    /// <summary>Methods granted, by <see cref="ServiceMethod.FullName"/>.</summary>
    public required FrozenSet<string> Methods { get; init; }

    /// <summary>Leaves granted, in the record's order.</summary>
    public required ImmutableArray<GrantedField> Fields { get; init; }

    /// <summary>The leaves of <see cref="Fields"/> as a set.</summary>
    public required FieldSet Granted { get; init; }

    /// <summary>Access after a record closes; zero for open records only.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>Access to a record that never closes, from its opening.</summary>
    public required TimeSpan MaxOpen { get; init; }

    /// <summary>The partner deletes within this time of release.</summary>
    public required TimeSpan DeleteAfter { get; init; }

    /// <summary>Limits.</summary>
    public required Limits Limits { get; init; }
}

/// <summary>One granted leaf.</summary>
/// <param name="Leaf">Which.</param>
/// <param name="Transform">How it is changed; null to release it as it is.</param>
/// <param name="Because">Why the partner gets it, as the contract says.</param>
public sealed record GrantedField(Leaf Leaf, Transform? Transform, string Because)
{
    /// <summary>Staff id of who approved it; null for what is not sensitive.</summary>
    public string? ApprovedBy { get; init; }
}

/// <summary>A grant's limits; null for none.</summary>
/// <param name="CallsPerSecond">1 to 1,000,000.</param>
/// <param name="SubjectsPerDay">Distinct subjects a UTC day, 1 to 100,000,000.</param>
/// <param name="MissesPerMinute">Records asked for and not available, before it counts as enumeration; default 120.</param>
public sealed record Limits(int? CallsPerSecond, int? SubjectsPerDay, int MissesPerMinute);
