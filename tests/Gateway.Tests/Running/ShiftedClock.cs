namespace Gateway.Tests.Running;

/// <summary>The system's clock, put forward: what waits goes on waiting in real time.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _ticks;

    public void PutForward(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ticks));
}
