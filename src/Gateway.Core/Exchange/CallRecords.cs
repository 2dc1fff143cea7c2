using Gateway.Core.Log;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Exchange;

/// <summary>What of a call its entry tells: names from contracts and protos, never a text that the partner sent.</summary>
internal static class CallRecords
{
    /// <summary>The partner id that a contract gives the caller, or its stand-in.</summary>
    public static string PartnerOf(OpenCall call) => call.Contract?.Partner.Id ?? Attributes.Other;

    /// <summary>Data, or the news that there is none any more, leaves under this entry.</summary>
    public static CallRecord Released(AuthorizedCall call, DateTimeOffset now) => Of(call.Call.Open, refusal: null, now) with
    {
        Scope = call.Scope.Stored,
    };

    /// <summary>The call was answered without a record of anybody: with the caller's own contract, or with a stream in which nothing happened.</summary>
    public static CallRecord Answered(IdentifiedCall call, DateTimeOffset now) => Of(call.Open, refusal: null, now);

    /// <summary>A table of statistics leaves under this entry: it tells of no record and no subject.</summary>
    public static CallRecord Counted(AskedTable asked, DateTimeOffset now) => Of(asked.Call.Open, refusal: null, now) with
    {
        Purpose = asked.Statistics.Terms.Purpose.Key,
        Basis = asked.Statistics.Terms.Basis,
        Scope = asked.Figure.Scope.Stored,
    };

    /// <summary>No data leaves.</summary>
    public static CallRecord Refused(OpenCall call, Refusal refusal, DateTimeOffset now) => Of(call, refusal.Reason, now);

    private static CallRecord Of(OpenCall call, RefusalReason? refusal, DateTimeOffset now) => new()
    {
        Receipt = call.Receipt,
        Time = now,
        Caller = call.Connection.FactsFor(PartnerOf(call)),
        Method = call.Method?.FullName ?? Attributes.Other,
        Refusal = refusal,
        Purpose = call.Grant?.Grant.Purpose.Key,
        Basis = call.Grant?.Grant.Basis,
        Trace = call.Trace.TraceId,
        Span = call.Trace.SpanId,
        Link = call.Trace.Link,
    };
}
