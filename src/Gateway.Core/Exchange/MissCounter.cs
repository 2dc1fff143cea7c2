namespace Gateway.Core.Exchange;

/// <summary>Records that one grant's partner asked for and did not get, in the current minute: too many look like enumeration. Safe for concurrent use.</summary>
public sealed class MissCounter
{
    private readonly Lock _gate = new();
    private long _minute;
    private int _count;

    /// <summary>Counts <paramref name="misses"/>; true when exactly this step passes <paramref name="threshold"/>.</summary>
    public bool Passes(int misses, int threshold, DateTimeOffset now)
    {
        lock (_gate)
        {
            var minute = now.ToUnixTimeSeconds() / 60;
            if (minute != _minute)
            {
                _minute = minute;
                _count = 0;
            }

            var before = _count;
            _count += misses;
            return before <= threshold && _count > threshold;
        }
    }
}
