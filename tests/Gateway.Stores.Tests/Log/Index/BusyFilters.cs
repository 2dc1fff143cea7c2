using Gateway.Core.Log;
using Gateway.Protos.Log.V1;

namespace Gateway.Stores.Tests.Log.Index;

/// <summary>Filters over a <see cref="BusyLog"/>: each alone, where matches are dense, rare and none, and pairs that staff ask for.</summary>
internal static class BusyFilters
{
    public static IEnumerable<(string Name, LogFilter Filter)> Of(int entries, Entry sample)
    {
        var middle = BusyLog.Start + (BusyLog.Step * (entries / 2));
        var hour = new LogFilter { Since = middle, Until = middle.AddHours(1) };
        var record = EntryPseudonyms.Of(sample.Records)[0];
        var person = BusyLog.Person(17);
        var key = BusyLog.Key(BusyLog.Busy, 0);
        return
        [
            ("all", new()),
            ("partner, dense", new() { Partner = BusyLog.Busy }),
            ("partner, rare", new() { Partner = BusyLog.Quiet }),
            ("partner, none", new() { Partner = "nobody" }),
            ("partner, an act's target", new() { Partner = person.ToString() }),
            ("subject, dense", new() { Subject = BusyLog.Guest }),
            ("subject, rare", new() { Subject = person }),
            ("subject, none", new() { Subject = BusyLog.Person(-1) }),
            ("record", new() { Record = record }),
            ("purpose, dense", new() { Purpose = BusyLog.Purpose(0) }),
            ("purpose, none", new() { Purpose = "none" }),
            ("method", new() { Method = BusyLog.Method(0, 0) }),
            ("kind, dense", new() { Kind = Kind.Disclosure }),
            ("kind, rare", new() { Kind = Kind.Administration }),
            ("action, rare", new() { Action = "subject.forget" }),
            ("action, none", new() { Action = "none" }),
            ("field, dense", new() { Field = "order_id" }),
            ("field, a message", new() { Field = "address" }),
            ("field, rare", new() { Field = "rare.leaf" }),
            ("outcome, dense", new() { Outcome = Outcome.Released }),
            ("outcome, rare", new() { Outcome = Outcome.Failed }),
            ("refusal, dense", new() { Refusal = "RATE_EXCEEDED" }),
            ("refusal, rare", new() { Refusal = "KEY_REVOKED" }),
            ("key, old", new() { Key = key }),
            ("key, none", new() { Key = new byte[32] }),
            ("trace", new() { Trace = sample.Trace.ToByteArray() }),
            ("receipt", new() { Receipt = new ReceiptId(new Guid(sample.Receipt.Span, bigEndian: true)) }),
            ("time, an hour", hour),
            ("time, before", new() { Until = BusyLog.Start.AddSeconds(30) }),
            ("time, none", new() { Since = middle.AddYears(1) }),
            ("partner + hour", hour with { Partner = BusyLog.Busy }),
            ("rare partner + hour", hour with { Partner = BusyLog.Quiet }),
            ("partner + before", new() { Partner = BusyLog.Busy, Until = BusyLog.Start.AddSeconds(30) }),
            ("subject + hour", hour with { Subject = BusyLog.Guest }),
            ("subject + rare partner", new() { Subject = BusyLog.Guest, Partner = BusyLog.Quiet }),
            ("subject + failed", new() { Subject = BusyLog.Guest, Outcome = Outcome.Failed }),
            ("subject + field", new() { Subject = person, Field = "address" }),
            ("subject + record", new() { Subject = BusyLog.Guest, Record = record }),
            ("refusal + partner", new() { Refusal = "KEY_REVOKED", Partner = BusyLog.Busy }),
            ("refusal + rare partner", new() { Refusal = "RATE_EXCEEDED", Partner = BusyLog.Quiet }),
            ("refusal + hour", hour with { Refusal = "KEY_REVOKED" }),
            ("field + partner", new() { Field = "address", Partner = BusyLog.Quiet }),
            ("field + hour", hour with { Field = "rare.leaf" }),
            ("failed + partner", new() { Outcome = Outcome.Failed, Partner = BusyLog.Busy }),
            ("failed + hour", hour with { Outcome = Outcome.Failed }),
            ("purpose + refusal", new() { Purpose = BusyLog.Purpose(1), Refusal = "KEY_REVOKED" }),
            ("key + refusal", new() { Key = key, Refusal = "KEY_REVOKED" }),
            ("key + hour", hour with { Key = key }),
            ("action + target", new() { Action = "subject.forget", Partner = person.ToString() }),
            ("action + hour", hour with { Action = "subject.forget" }),
            ("kind + partner, none", new() { Kind = Kind.Administration, Partner = BusyLog.Busy }),
        ];
    }
}
