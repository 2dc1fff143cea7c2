using System.Threading.RateLimiting;

namespace Gateway.Core.Exchange;

/// <summary>One grant's calls a second: a token bucket that holds one second's worth. Kept across reloads, so that a reload refills nothing.</summary>
public sealed class CallRate : IDisposable
{
    private readonly TokenBucketRateLimiter? _bucket;

    /// <param name="perSecond">1 to 1,000,000; null for no limit.</param>
    public CallRate(int? perSecond)
    {
        PerSecond = perSecond;
        if (perSecond is { } rate)
        {
            // Ten refills a second; below ten a second one token at a time.
            var tokens = Math.Max(1, rate / 10);
            _bucket = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
            {
                TokenLimit = rate,
                TokensPerPeriod = tokens,
                ReplenishmentPeriod = TimeSpan.FromSeconds((double)tokens / rate),
                QueueLimit = 0,
                AutoReplenishment = true,
            });
        }
    }

    /// <summary>The limit; null for none.</summary>
    public int? PerSecond { get; }

    /// <summary>Takes one call; false with the time until one is free.</summary>
    public bool TryTake(out TimeSpan? retryAfter)
    {
        retryAfter = null;
        if (_bucket is null)
        {
            return true;
        }

        using var lease = _bucket.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        }

        return lease.IsAcquired;
    }

    public void Dispose() => _bucket?.Dispose();
}
