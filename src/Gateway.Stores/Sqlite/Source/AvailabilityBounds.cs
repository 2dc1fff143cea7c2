using Gateway.Core.Contracts;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>One grant's window at one millisecond, ready to be bound. Calls within the same millisecond share it.</summary>
internal sealed class AvailabilityBounds
{
    private readonly long _millisecond;
    private readonly Threshold _openedAfter;
    private readonly Threshold? _closedAfter;

    private AvailabilityBounds(Grant grant, DateTimeOffset now)
    {
        _millisecond = now.ToUnixTimeMilliseconds();
        _openedAfter = Threshold.Before(now, grant.MaxOpen);
        _closedAfter = grant.Window > TimeSpan.Zero ? Threshold.Before(now, grant.Window) : null;
    }

    /// <summary>The bounds at <paramref name="now"/>; <paramref name="last"/> keeps them for the next call.</summary>
    public static AvailabilityBounds At(Grant grant, DateTimeOffset now, ref AvailabilityBounds? last)
    {
        var bounds = Volatile.Read(ref last);
        if (bounds?._millisecond != now.ToUnixTimeMilliseconds())
        {
            Volatile.Write(ref last, bounds = new AvailabilityBounds(grant, now));
        }

        return bounds!;
    }

    public void Bind(Statement statement)
    {
        statement.Bind(Parameter.OpenedAfter, Parameter.OpenedAfterSecond, _openedAfter);
        if (_closedAfter is not null)
        {
            statement.Bind(Parameter.ClosedAfter, Parameter.ClosedAfterSecond, _closedAfter);
        }
    }
}
