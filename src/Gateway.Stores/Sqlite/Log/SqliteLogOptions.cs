namespace Gateway.Stores.Sqlite.Log;

/// <summary>Limits of the disclosure log.</summary>
public sealed record SqliteLogOptions
{
    /// <summary>Leaves that may wait for the disk before further ones are refused. 1 to 1,000,000; default 4,096.</summary>
    public int QueueLeaves { get; init; } = 4096;

    /// <summary>Bytes that may wait. 65,535 to 1 GiB; default 32 MiB.</summary>
    public long QueueBytes { get; init; } = 32L << 20;
}
