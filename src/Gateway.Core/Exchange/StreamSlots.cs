namespace Gateway.Core.Exchange;

/// <summary>How many streams one grant has open: each looks at the source twice a second, so their number must have an end. Safe for concurrent use.</summary>
public sealed class StreamSlots
{
    /// <summary>Streams that one partner may have open for one purpose and record.</summary>
    public const int Most = 200;

    private int _taken;

    /// <summary>Takes one; false where all are taken. What is taken is given back with <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= Most)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives one back.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);
}
