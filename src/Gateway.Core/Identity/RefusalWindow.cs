namespace Gateway.Core.Identity;

/// <summary>Counts refusals in one-second windows against a budget. Safe for concurrent use.</summary>
public sealed class RefusalWindow
{
    private readonly Lock _gate = new();
    private long _second;
    private int _count;
    private int _over;

    /// <summary>
    /// Counts one; 0 while it is within <paramref name="budget"/>, else how many in a row were over it. A second within the budget ends
    /// the row.
    /// </summary>
    public int Count(DateTimeOffset now, int budget)
    {
        lock (_gate)
        {
            var second = now.ToUnixTimeSeconds();
            if (second != _second)
            {
                if (_count <= budget || second > _second + 1)
                {
                    _over = 0;
                }

                _second = second;
                _count = 0;
            }

            return ++_count <= budget ? 0 : ++_over;
        }
    }
}
