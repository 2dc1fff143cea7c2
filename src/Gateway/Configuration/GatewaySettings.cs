using System.Collections.Immutable;
using System.Net;

namespace Gateway.Configuration;

/// <summary><see cref="GatewayOptions"/> checked: what the gateway starts from. Immutable.</summary>
internal sealed record GatewaySettings
{
    public required DataFolder Data { get; init; }

    public required DirectoryInfo Contracts { get; init; }

    public required DirectoryInfo Certificates { get; init; }

    /// <summary>Connection string of the shop's SQLite database.</summary>
    public required string Source { get; init; }

    /// <summary>The file of what customers told the gateway about being written to.</summary>
    public required string Preferences { get; init; }

    /// <summary>Connection string of the usage system's SQLite database; null where there is none.</summary>
    public string? Usage { get; init; }

    /// <summary>The disclosure log's file.</summary>
    public required string Log { get; init; }

    /// <summary>The log's origin; null where the key file tells.</summary>
    public string? LogOrigin { get; init; }

    /// <summary>Months for which entries of the log stay at hand.</summary>
    public int LogRetentionMonths { get; init; } = 13;

    /// <summary>Who cosigns the log's checkpoints.</summary>
    public ImmutableArray<WitnessSettings> Witnesses { get; init; } = [];

    /// <summary>How long disclosures go on without a witness that has cosigned them; null for ever.</summary>
    public TimeSpan? WitnessRequired { get; init; }

    /// <summary>The log's second place; null where there is none.</summary>
    public DirectoryInfo? LogMirror { get; init; }

    public required IPEndPoint Partners { get; init; }

    public required IPEndPoint Staff { get; init; }

    public required IPEndPoint Local { get; init; }

    /// <summary>True when every listener is on loopback: the only place where development certificates and the demo shop are served.</summary>
    public bool IsLoopbackOnly => IPAddress.IsLoopback(Partners.Address) && IPAddress.IsLoopback(Staff.Address);
}
