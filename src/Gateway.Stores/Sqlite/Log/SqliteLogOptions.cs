namespace Gateway.Stores.Sqlite.Log;

/// <summary>Limits of the disclosure log.</summary>
public sealed record SqliteLogOptions
{
    /// <summary>Leaves that may wait for the disk before further ones are refused. 1 to 1,000,000; default 4,096.</summary>
    public int QueueLeaves { get; init; } = 4096;

    /// <summary>Bytes that may wait. 65,535 to 1 GiB; default 32 MiB.</summary>
    public long QueueBytes { get; init; } = 32L << 20;

    /// <summary>
    /// Bytes of the disk kept for refusals while it is full, at about 250 an entry and one entry a second for each key that calls.
    /// 64 KiB to 1 GiB; default 2 MiB.
    /// </summary>
    public int ReserveBytes { get; init; } = 2 << 20;
}
