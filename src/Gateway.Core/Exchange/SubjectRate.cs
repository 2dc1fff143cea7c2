using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace Gateway.Core.Exchange;

/// <summary>
/// Calls about one subject: an account site that is broken, or whose keys were stolen, must not read on and on. Subjects who are not asked
/// about are forgotten.
/// </summary>
public sealed class SubjectRate : IDisposable
{
    /// <summary>Calls a minute about one subject.</summary>
    public const int PerMinute = 60;

    /// <summary>Calls a second about subjects of one partner, whoever they are.</summary>
    public const int PerSecond = 200;

    private readonly ConcurrentDictionary<string, CallRate> _partners = new(StringComparer.Ordinal);

    private readonly PartitionedRateLimiter<(string Partner, string Subject)> _subjects =
        PartitionedRateLimiter.Create<(string, string), (string, string)>(key => RateLimitPartition.GetTokenBucketLimiter(
            key,
            static _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = PerMinute,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromMinutes(1) / PerMinute,
                QueueLimit = 0,
            }));

    /// <summary>Takes one of the partner's calls; false with the time until one is free.</summary>
    public bool TryTake(string partner, out TimeSpan? retryAfter) =>
        _partners.GetOrAdd(partner, static _ => new CallRate(PerSecond)).TryTake(out retryAfter);

    /// <summary>Takes one of the subject's calls; false with the time until one is free.</summary>
    public bool TryTake(string partner, string subjectId, out TimeSpan? retryAfter)
    {
        using var lease = _subjects.AttemptAcquire((partner, subjectId));
        retryAfter = lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        _subjects.Dispose();
        foreach (var partner in _partners.Values)
        {
            partner.Dispose();
        }
    }
}
