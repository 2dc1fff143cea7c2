using System.Collections.Immutable;
using Gateway.Core.Log;

namespace Gateway.Core.Requests;

/// <summary>What a customer asks for. Numbers are stored; access and objection would be the next ones.</summary>
public enum RequestKind
{
    /// <summary>GDPR Art. 16.</summary>
    Rectification = 1,

    /// <summary>GDPR Art. 17.</summary>
    Erasure = 2,
}

/// <summary>How a request stands. Numbers are stored.</summary>
public enum RequestState
{
    /// <summary>To be answered.</summary>
    Open = 1,

    /// <summary>An erasure whose notices are written and whose subject is being forgotten: finished by the next start at the latest.</summary>
    Erasing = 2,

    /// <summary>Done as asked.</summary>
    Done = 3,

    /// <summary>Refused, with the reason.</summary>
    Refused = 4,
}

/// <summary>One request of a customer.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="State">How it stands.</param>
/// <param name="Subject">The customer's mark: finds their requests as long as their key lives, and no longer.</param>
/// <param name="SubjectId">The shop's id of the customer; null once the request has ended.</param>
/// <param name="Record">Full name of the record to correct; empty where none is named.</param>
/// <param name="Fields">Paths of the leaves to correct.</param>
/// <param name="Words">What the customer wrote; null once the request has ended.</param>
/// <param name="Opened">When it was opened.</param>
/// <param name="Due">Until when it must be answered.</param>
/// <param name="Extension">Why that was extended; empty where it was not.</param>
/// <param name="End">How it ended; null while it is open.</param>
public sealed record CustomerRequest(
    Guid Id,
    RequestKind Kind,
    RequestState State,
    SubjectMark Subject,
    string? SubjectId,
    string Record,
    ImmutableArray<string> Fields,
    string? Words,
    DateTimeOffset Opened,
    DateTimeOffset Due,
    string Extension,
    RequestEnd? End)
{
    /// <summary>True when it should have been answered.</summary>
    public bool IsOverdue(DateTimeOffset now) => State is RequestState.Open or RequestState.Erasing && Due < now;

    /// <summary>Neither the customer's id nor their words.</summary>
    public override string ToString() => $"{Kind} {Id}";
}

/// <summary>How a request ended.</summary>
/// <param name="At">When.</param>
/// <param name="By">A staff member's id.</param>
/// <param name="Resolution">What was done, or why not: as the customer is told.</param>
public sealed record RequestEnd(DateTimeOffset At, string By, string Resolution);
