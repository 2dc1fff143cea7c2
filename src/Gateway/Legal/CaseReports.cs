using System.Collections.Immutable;
using System.Globalization;
using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;

namespace Gateway.Legal;

/// <summary>A year's cases, counted from the store and held against the disclosure log, which is the evidence.</summary>
internal sealed class CaseReports(CaseDesk desk, ICaseStore store, SqliteLogIndex index)
{
    /// <summary>The report of a calendar year, UTC.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be read.</exception>
    public async Task<CaseReport> OfAsync(int year, CancellationToken cancellationToken)
    {
        var book = desk.Book;
        await index.CatchUpAsync(cancellationToken);
        var log = await YearInLog.ReadAsync(index, year, cancellationToken);
        var rows = book.Cases
            .GroupBy(c => (c.Terms.Ground, c.Terms.Recipient.Kind, c.Terms.Recipient.Name, c.Terms.Recipient.Country))
            .OrderBy(g => g.Key)
            .Select(g => RowOf([.. g], year, log))
            .Where(r => r is not { Opened: 0, Refused: 0, Releases: 0 });
        return new CaseReport([.. rows], Disagreements(book, store.CountBegun(), year, log), Notes(book, log));
    }

    private static CaseReportRow RowOf(ImmutableArray<Case> cases, int year, YearInLog log)
    {
        var opened = cases.Where(c => c.Opened.At.UtcDateTime.Year == year).ToArray();
        var approved = opened.Where(c => c.IsApproved).ToArray();
        var releases = cases.SelectMany(c => c.Releases).Where(r => r.At.UtcDateTime.Year == year).ToArray();
        return new CaseReportRow(
            cases[0].Terms.Ground,
            cases[0].Terms.Recipient,
            opened.Length,
            approved.Length,
            approved.Count(c => c.Terms.Notice is not null),
            approved.Count(c => c.Review is { Outcome: ReviewOutcome.Wrong }),
            cases.Sum(c => log.Refused.GetValueOrDefault(c.Id)),
            releases.Length,
            releases.Sum(r => (long)r.Records));
    }

    private static ImmutableArray<string> Disagreements(CaseBook book, IReadOnlyDictionary<string, int> begun, int year, YearInLog log)
    {
        var told = ImmutableArray.CreateBuilder<string>();
        foreach (var act in log.Opened.Keys.Concat(log.Disclosures.Values.Select(d => d.CaseId)).Distinct(StringComparer.Ordinal).Where(id => !begun.ContainsKey(id)))
        {
            told.Add($"The log tells of the case {act}, and the store of cases never knew it.");
        }

        bool IsAtHand(DateTimeOffset at) => at.UtcDateTime.Year == year && at >= log.Since;
        foreach (var legal in book.Cases.Where(c => IsAtHand(c.Opened.At) && !log.Opened.ContainsKey(c.Id)))
        {
            told.Add($"The case {legal.Id} was opened, and the log does not tell of it.");
        }

        foreach (var release in book.Cases.SelectMany(c => c.Releases).Where(r => IsAtHand(r.At)))
        {
            var entries = release.Receipts.Select(r => log.Disclosures.GetValueOrDefault(r)).ToArray();
            if (entries.Any(e => e is null || e.CaseId != release.CaseId) || entries.Sum(e => e?.Records ?? 0) != release.Records)
            {
                told.Add($"A release of the case {release.CaseId} has {release.Records} records, and the log tells of {entries.Sum(e => e?.Records ?? 0)}.");
            }
        }

        return told.ToImmutable();
    }

    private static ImmutableArray<string> Notes(CaseBook book, YearInLog log)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        var made = book.Cases.SelectMany(c => c.Releases).SelectMany(r => r.Receipts).ToHashSet(StringComparer.Ordinal);
        var unmade = log.Disclosures.Keys.Count(r => !made.Contains(r));
        if (unmade > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{unmade} entries of the log tell of releases that failed after they were recorded: no file was made of them. They are not counted."));
        }

        if (log.Since > DateTimeOffset.MinValue)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"The log at hand begins at {log.Since:yyyy-MM-dd HH:mm:ss'Z'}: what is before it is in its archive, and was not compared."));
        }

        return notes.ToImmutable();
    }

    /// <summary>What the log tells of a year's cases.</summary>
    /// <param name="Since">When the log at hand begins; the beginning of time where it is whole.</param>
    /// <param name="Opened">Cases opened.</param>
    /// <param name="Refused">Acts refused, by case.</param>
    /// <param name="Disclosures">Entries of releases, by receipt.</param>
    private sealed record YearInLog(
        DateTimeOffset Since,
        IReadOnlyDictionary<string, bool> Opened,
        IReadOnlyDictionary<string, int> Refused,
        IReadOnlyDictionary<string, Disclosed> Disclosures)
    {
        public static async Task<YearInLog> ReadAsync(SqliteLogIndex index, int year, CancellationToken cancellationToken)
        {
            var from = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
            // Entries are made a little after the acts that they tell of.
            var filter = new LogFilter { Since = from, Until = from.AddYears(1) + LogTimes.Disorder };
            var opened = new Dictionary<string, bool>(StringComparer.Ordinal);
            var refused = new Dictionary<string, int>(StringComparer.Ordinal);
            var disclosures = new Dictionary<string, Disclosed>(StringComparer.Ordinal);
            await foreach (var leaf in index.StreamAsync(filter with { Action = CaseAct.Actions[0] }, cancellationToken))
            {
                opened[Entry.Parser.ParseFrom(leaf.Bytes).Administration.Target] = true;
            }

            foreach (var action in CaseAct.Actions)
            {
                await foreach (var leaf in index.StreamAsync(filter with { Action = action + CaseActs.Refused }, cancellationToken))
                {
                    var target = Entry.Parser.ParseFrom(leaf.Bytes).Administration.Target;
                    refused[target] = refused.GetValueOrDefault(target) + 1;
                }
            }

            await foreach (var leaf in index.StreamAsync(filter with { Method = CaseDisclosure.Method, Kind = Kind.Disclosure }, cancellationToken))
            {
                var entry = Entry.Parser.ParseFrom(leaf.Bytes);
                disclosures[new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true)).ToString()] =
                    new Disclosed(entry.LegalCase?.Id ?? "", EntryPseudonyms.Of(entry.Records).Length);
            }

            return new YearInLog(await SinceAsync(index, cancellationToken), opened, refused, disclosures);
        }

        private static async Task<DateTimeOffset> SinceAsync(SqliteLogIndex index, CancellationToken cancellationToken)
        {
            if (index.Minimum == 0)
            {
                return DateTimeOffset.MinValue;
            }

            // Newest first: the last one is where the log at hand begins.
            var since = DateTimeOffset.MaxValue;
            await foreach (var leaf in index.StreamAsync(new LogFilter { Kind = Kind.Administration }, cancellationToken))
            {
                since = Entry.Parser.ParseFrom(leaf.Bytes).Time.ToDateTimeOffset();
            }

            return since;
        }
    }

    /// <summary>One entry of a release.</summary>
    private sealed record Disclosed(string CaseId, int Records);
}

/// <summary>A year's report.</summary>
/// <param name="Rows">By ground, recipient and country.</param>
/// <param name="Disagreements">Where store and log tell differently; empty where they agree.</param>
/// <param name="Notes">What else its reader must know.</param>
internal sealed record CaseReport(ImmutableArray<CaseReportRow> Rows, ImmutableArray<string> Disagreements, ImmutableArray<string> Notes);

/// <summary>The counts of one ground and recipient.</summary>
/// <param name="Ground">The ground.</param>
/// <param name="Recipient">The recipient; its name, kind and country count.</param>
/// <param name="Opened">Cases opened in the year.</param>
/// <param name="Approved">Of these, approved.</param>
/// <param name="Delayed">Of the approved, with a delayed notice.</param>
/// <param name="Wrong">Of the approved, found wrong by the review.</param>
/// <param name="Refused">Acts refused in the year.</param>
/// <param name="Releases">Releases in the year.</param>
/// <param name="Records">Records released in the year.</param>
internal sealed record CaseReportRow(
    Ground Ground, CaseRecipient Recipient, int Opened, int Approved, int Delayed, int Wrong, int Refused, int Releases, long Records);
