using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>
/// What could be read of one contract, with the places that checks across contracts point at. A part that is null has had its error.
/// </summary>
internal sealed record CompiledContract(Mark At)
{
    public (string Name, Mark At)? Name { get; init; }

    public (string Id, Mark At)? Partner { get; init; }

    public (string Uri, Mark At)? Uri { get; init; }

    public (Agreement Dates, Mark Effective, Mark Expires)? Agreement { get; init; }

    /// <summary>The partner's legal name.</summary>
    public string? LegalName { get; init; }

    /// <summary>What it lets its partner learn of, in the order of the file.</summary>
    public ImmutableArray<ToldDomain> Told { get; init; } = [];

    /// <summary>The contract; only meaningful where the whole compilation found no error.</summary>
    public Contract? Contract { get; init; }
}
