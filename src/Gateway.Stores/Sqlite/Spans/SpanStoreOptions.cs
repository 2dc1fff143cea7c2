namespace Gateway.Stores.Sqlite.Spans;

/// <summary>Bounds of the span store.</summary>
/// <param name="Path">The file; its folder exists. It can be deleted while the gateway is stopped: nothing depends on it.</param>
public sealed record SpanStoreOptions(string Path)
{
    /// <summary>Traces older than this are deleted. Default 7 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The file's size above which the oldest traces are deleted, in bytes. Default 256 MiB.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Calls that may wait for the writer before new ones are dropped, whole. Default 4,096.</summary>
    public int Queue { get; init; } = 4096;
}
