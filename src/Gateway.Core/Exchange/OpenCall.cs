using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Exchange;

/// <summary>
/// A call from its first header until its record. Made by the outermost middleware, so that whatever happens inside, somebody still
/// knows whether a record exists. Owned by one call; not shared between threads at once.
/// </summary>
public sealed class OpenCall(PeerConnection connection, ServiceMethod? method, CallTrace trace, DateTimeOffset arrived)
{
    private object? _released;

    /// <summary>The connection it came in on.</summary>
    public PeerConnection Connection { get; } = connection;

    /// <summary>The method called; null where there is none of that name.</summary>
    public ServiceMethod? Method { get; } = method;

    /// <summary>Its spans and its decision.</summary>
    public CallTrace Trace { get; } = trace;

    /// <summary>When its headers were read, UTC.</summary>
    public DateTimeOffset Arrived { get; } = arrived;

    /// <summary>The id of the entry that will record it. A stream takes a new one for each run of messages.</summary>
    public ReceiptId Receipt { get; internal set; } = ReceiptId.New(arrived);

    /// <summary>The metadata <c>gateway-purpose</c>; null where absent.</summary>
    public string? Purpose { get; init; }

    /// <summary>The metadata <c>gateway-read-mask</c>; null where absent.</summary>
    public string? ReadMask { get; init; }

    /// <summary>The metadata <c>gateway-subject-assertion</c>; null where absent, or there several times.</summary>
    public string? SubjectAssertion { get; init; }

    /// <summary>When the caller stops waiting; the far future for a stream without one.</summary>
    public DateTimeOffset Deadline { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The contract that names the caller; null until known, and where none does.</summary>
    public Contract? Contract { get; internal set; }

    /// <summary>The grant it runs under; null until settled.</summary>
    public PlannedGrant? Grant { get; internal set; }

    /// <summary>True once an entry for the call is durable, or counted by the refusal budget.</summary>
    public bool Recorded { get; internal set; }

    /// <summary>True once nothing is left to record: it is recorded, or refused because the log took nothing.</summary>
    public bool Settled { get; internal set; }

    /// <summary>True when <paramref name="message"/> is the very instance that the last step marked as recorded.</summary>
    public bool MayLeave(object? message) => message is not null && ReferenceEquals(_released, message);

    /// <summary>The next entry of a call that has one already takes an id of its own.</summary>
    internal void NewEntry(DateTimeOffset now)
    {
        if (Recorded)
        {
            Receipt = ReceiptId.New(now);
            Recorded = false;
        }
    }

    /// <summary>Only the last step calls this, after the record is durable.</summary>
    internal void Release(object message)
    {
        _released = message;
        Recorded = true;
        Settled = true;
    }
}
