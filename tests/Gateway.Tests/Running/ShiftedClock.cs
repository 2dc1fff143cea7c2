namespace Gateway.Tests.Running;

/// <summary>The system's clock, put forward: what waits goes on waiting in real time, but for what waits a minute.</summary>
/// <param name="minute">How long a timer of one minute waits.</param>
internal sealed class ShiftedClock(TimeSpan minute) : TimeProvider
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private long _ticks;

    public ShiftedClock()
        : this(s_minute)
    {
    }

    public void PutForward(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ticks));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == s_minute ? minute : dueTime, period == s_minute ? minute : period);
}
