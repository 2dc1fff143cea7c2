using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>Rows whose subjects fit into the grant's day, each with its pseudonyms. Only <see cref="ReserveAsync"/> makes one.</summary>
public sealed class ReservedReply
{
    private ReservedReply(PermittedReply permitted, Pseudonym[] subjects, Pseudonym[] records, Pseudonym[] permissions)
    {
        Permitted = permitted;
        Subjects = subjects;
        Records = records;
        Permissions = permissions;
    }

    /// <summary>The rows.</summary>
    internal PermittedReply Permitted { get; }

    /// <summary>The rows' subjects, in the rows' order.</summary>
    internal Pseudonym[] Subjects { get; }

    /// <summary>The rows' records, in the rows' order.</summary>
    internal Pseudonym[] Records { get; }

    /// <summary>What their release relies on, in the rows' order; empty where the grant needs no permission.</summary>
    internal Pseudonym[] Permissions { get; }

    /// <summary>
    /// Counts misses, and reserves the distinct subjects atomically: a page over the limit is refused whole. Tells
    /// <paramref name="safeguards"/> of a tripped threshold.
    /// </summary>
    /// <exception cref="LogUnavailableException">The key store cannot answer.</exception>
    internal static async ValueTask<Outcome<ReservedReply>> ReserveAsync(
        PermittedReply permitted, ISubjectKeys keys, ISafeguards safeguards, DateTimeOffset now)
    {
        var call = permitted.Fetched.Call;
        var planned = call.Grant;
        var contract = call.Call.Contract.Contract;
        var limits = planned.Grant.Limits;
        var rows = permitted.Rows;
        if (permitted.Misses > 0 && planned.Counters.Misses.Passes(permitted.Misses, limits.MissesPerMinute, now))
        {
            safeguards.Tripped(contract, SuspendOn.Enumeration);
        }

        if (rows.Count == 0 && call.AsksForOne)
        {
            return RefusalReason.RecordNotAvailable;
        }

        var subjects = new Pseudonym[rows.Count];
        var records = new Pseudonym[rows.Count];
        Pseudonym[] permissions = permitted.ReliedOn.Count == 0 ? [] : new Pseudonym[rows.Count];
        var found = await keys.GetOrAddAsync(Ids(rows));
        for (var i = 0; i < subjects.Length; i++)
        {
            subjects[i] = found[i].Pseudonym;
            records[i] = found[i].OfRecord(planned.Grant.Record.Name, rows[i].Key);
            if (permissions.Length > 0)
            {
                permissions[i] = found[i].OfPermission(permitted.ReliedOn[i]);
            }
        }

        if (planned.Counters.Subjects.TryReserve(DateOnly.FromDateTime(now.UtcDateTime), subjects, limits.SubjectsPerDay))
        {
            return new ReservedReply(permitted, subjects, records, permissions);
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
