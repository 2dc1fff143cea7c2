using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>Rows whose subjects fit into the grant's day, each with its pseudonyms. Only <see cref="ReserveAsync"/> makes one.</summary>
public sealed class ReservedReply
{
    private ReservedReply(FetchedReply fetched, Pseudonym[] subjects, Pseudonym[] records)
    {
        Fetched = fetched;
        Subjects = subjects;
        Records = records;
    }

    /// <summary>The rows.</summary>
    internal FetchedReply Fetched { get; }

    /// <summary>The rows' subjects, in the rows' order.</summary>
    internal Pseudonym[] Subjects { get; }

    /// <summary>The rows' records, in the rows' order.</summary>
    internal Pseudonym[] Records { get; }

    /// <summary>
    /// Counts misses, and reserves the distinct subjects atomically: a page over the limit is refused whole. Tells
    /// <paramref name="safeguards"/> of a tripped threshold.
    /// </summary>
    /// <exception cref="LogUnavailableException">The key store cannot answer.</exception>
    internal static async ValueTask<Outcome<ReservedReply>> ReserveAsync(
        FetchedReply fetched, ISubjectKeys keys, ISafeguards safeguards, DateTimeOffset now)
    {
        var planned = fetched.Call.Grant;
        var contract = fetched.Call.Call.Contract.Contract;
        var limits = planned.Grant.Limits;
        if (fetched.Misses > 0 && planned.Counters.Misses.Passes(fetched.Misses, limits.MissesPerMinute, now))
        {
            safeguards.Tripped(contract, SuspendOn.Enumeration);
        }

        if (fetched.Rows.Count == 0 && fetched.Call.AsksForOne)
        {
            return RefusalReason.RecordNotAvailable;
        }

        var subjects = new Pseudonym[fetched.Rows.Count];
        var records = new Pseudonym[fetched.Rows.Count];
        var found = await keys.GetOrAddAsync(Ids(fetched.Rows));
        for (var i = 0; i < subjects.Length; i++)
        {
            subjects[i] = found[i].Pseudonym;
            records[i] = found[i].OfRecord(planned.Grant.Record.Name, fetched.Rows[i].Key);
        }

        if (planned.Counters.Subjects.TryReserve(DateOnly.FromDateTime(now.UtcDateTime), subjects, limits.SubjectsPerDay))
        {
            return new ReservedReply(fetched, subjects, records);
        }

        safeguards.Tripped(contract, SuspendOn.SubjectQuota);
        return RefusalReason.SubjectQuotaExceeded;
    }

    private static string[] Ids(IReadOnlyList<SourceRow> rows)
    {
        var ids = new string[rows.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = rows[i].SubjectId;
        }

        return ids;
    }
}
