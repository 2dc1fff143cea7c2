using Gateway.Core.Log;
using Gateway.Protos.Log.V1;

namespace Gateway.Stores.Tests.Log.Index;

public sealed class IndexFilterTests
{
    private const int Entries = 1500;
    private const int Filters = 2000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Query_AnyFiltersTogether_GiveWhatTheLeavesGive()
    {
        using var open = new OpenIndex();
        await new SampleEntries(BusyLog.Start).AppendAsync(open.Log, Entries / 2);
        await new BusyLog(Entries / 2).AppendToAsync(open.Log);
        await open.Index.CatchUpAsync(Cancellation);
        var scopes = BusyLog.Scopes.Concat(SampleEntries.Scopes).ToDictionary(SampleEntries.HashOf);
        var entries = (await open.Reader.ReadAsync(0, Entries, Cancellation)).Select(l => (l.Index, Entry: Entry.Parser.ParseFrom(l.Bytes))).ToList();
        var random = new Random(3);
        var nonEmpty = 0;

        for (var i = 0; i < Filters; i++)
        {
            // What one entry is asked for by, so that most filters match something; sometimes mixed with another's.
            var filter = new LogFilter();
            for (var set = 1 + random.Next(3); set > 0; set--)
            {
                filter = With(filter, entries[random.Next(4) == 0 ? random.Next(Entries) : i % Entries].Entry, random, scopes);
            }

            var expected = entries.Where(e => filter.Matches(e.Entry, scopes.GetValueOrDefault(e.Entry.Scope))).Select(e => e.Index).Reverse().ToList();
            nonEmpty += expected.Count > 0 ? 1 : 0;

            var found = await open.Index.QueryAsync(filter, long.MaxValue, Entries, Cancellation);
            found.Select(l => l.Index).ShouldBe(expected, filter.ToString());
            var streamed = await open.Index.StreamAsync(filter, Cancellation).Select(l => l.Index).ToListAsync(Cancellation);
            streamed.ShouldBe(expected, filter.ToString());
        }

        nonEmpty.ShouldBeGreaterThan(Filters / 2);
    }

    private static LogFilter With(LogFilter filter, Entry of, Random random, Dictionary<Google.Protobuf.ByteString, Scope> scopes) => random.Next(14) switch
    {
        0 => filter with { Partner = LogFilter.PartnerOf(of) },
        1 => filter with { Purpose = of.Purpose },
        2 => filter with { Method = of.Method },
        3 => filter with { Kind = of.Kind },
        4 => filter with { Outcome = of.Outcome },
        5 => filter with { Refusal = of.Refusal },
        6 => filter with { Action = of.Administration?.Action ?? "" },
        7 when Any(of.Records) is { } record => filter with { Record = record },
        8 when Any(of.Subjects) is { } subject => filter with { Subject = subject },
        8 when Any(of.Tombstones) is { } tombstone => filter with { Record = tombstone },
        9 when scopes.GetValueOrDefault(of.Scope) is { } scope => filter with { Field = Pick(LogFilter.ReleasedBy(scope), random).Split('.')[0] },
        10 when !of.Trace.IsEmpty => filter with { Trace = of.Link.IsEmpty ? of.Trace.ToByteArray() : of.Link.Span[..16].ToArray() },
        11 => filter with { Key = of.Caller?.Spki.ToByteArray() ?? [] },
        12 => filter with { Since = of.Time.ToDateTimeOffset() },
        13 => filter with { Until = of.Time.ToDateTimeOffset() },
        _ => filter with { Receipt = new ReceiptId(new Guid(of.Receipt.Span, bigEndian: true)) },
    };

    private static Pseudonym? Any(Google.Protobuf.ByteString joined) => joined.IsEmpty ? null : EntryPseudonyms.Of(joined)[^1];

    private static string Pick(IEnumerable<string> of, Random random)
    {
        var all = of.ToList();
        return all[random.Next(all.Count)];
    }
}
