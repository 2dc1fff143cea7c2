namespace Gateway.Stores.Sqlite.Keys;

/// <summary>Limits of the subject keys' store.</summary>
public sealed record SubjectKeyOptions
{
    /// <summary>Subjects kept in memory. 2 to 100,000,000; default 100,000, about 30 MB.</summary>
    public int CachedSubjects { get; init; } = 100_000;

    /// <summary>Requests that may wait for the disk before further ones are refused. 1 to 1,000,000; default 16,384.</summary>
    public int QueueRequests { get; init; } = 16_384;
}
