using System.Collections.Immutable;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Stores.Sqlite.Obligations;
using Gateway.Stores.Sqlite.Requests;

namespace Gateway.Obligations;

/// <summary>What partners owe, for staff: from the tally, the notices, and the contracts that name whom to ask.</summary>
internal sealed class OverdueReports(
    SqliteObligations obligations, SqliteNoticeStore notices, SnapshotHolder contracts, StandingHolder standing, TimeProvider clock)
{
    private const string NotWhole =
        "The log was pruned before it was counted: what was released earlier is in its archive, and not listed.";

    /// <summary>What is past its delete-by and not confirmed, and notices open for longer than that many days.</summary>
    /// <param name="partner">Of this partner only; null for all.</param>
    /// <param name="noticeDays">Days.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<OverdueReport> OverdueAsync(string? partner, int noticeDays, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (owed, began) = await obligations.AskAsync(t => (t.Owed(partner, now), t.Began), cancellationToken);
        var open = notices.CountOpen(now - TimeSpan.FromDays(noticeDays)).Where(n => partner is null || n.Partner == partner);
        return new OverdueReport([.. owed], [.. open], began > 0 ? [NotWhole] : []);
    }

    /// <summary>What is left to do with a partner; null where nobody knows it.</summary>
    public async Task<Checklist?> ChecklistAsync(string partner, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (known, owed, confirmed, keys, began) = await obligations.AskAsync(
            t => (t.Recipients().FirstOrDefault(r => r.Partner == partner), t.Owed(partner, dueBefore: null), t.CountConfirmed(partner), t.Keys(partner), t.Began),
            cancellationToken);
        var own = contracts.Current.Contracts.Where(c => c.Partner.Id == partner).ToImmutableArray();
        if (known is null && own.IsEmpty)
        {
            return null;
        }

        var revoked = standing.Current.RevokedKeys;
        var used = keys.Select(k => new UsedKey($"sha256:{Convert.ToHexStringLower(k.Key)}", k.Last))
            .Select(k => k with { IsRevoked = SpkiHash.TryParse(k.Key, out var key) && revoked.Contains(key) }).ToImmutableArray();
        var open = notices.CountOpen(now + TimeSpan.FromDays(1)).FirstOrDefault(n => n.Partner == partner)?.Notices ?? 0;
        var inForce = own.Any(c => now < c.Agreement.Expires);
        return new Checklist(
            partner, [.. own.Select(c => c.Agreement.Reference)], inForce ? null : known?.Ended, [.. owed], confirmed, open, used,
            IsDone: !inForce && owed.Count == 0 && open == 0 && used.All(k => k.IsRevoked), began > 0 ? [NotWhole] : []);
    }

    /// <summary>The partner as its latest contract has it; null where none names it any more.</summary>
    public Partner? Named(string partner) =>
        contracts.Current.Contracts.Where(c => c.Partner.Id == partner).MaxBy(c => c.Agreement.Effective)?.Partner;
}

/// <summary>What is overdue.</summary>
/// <param name="Owed">By partner and purpose.</param>
/// <param name="Notices">By partner.</param>
/// <param name="Warnings">What staff must know of the list.</param>
internal sealed record OverdueReport(ImmutableArray<OwedReleases> Owed, ImmutableArray<OpenNoticeCount> Notices, ImmutableArray<string> Warnings);

/// <summary>What is left to do with a partner.</summary>
/// <param name="Partner">Its id.</param>
/// <param name="Agreements">References of its agreements at hand.</param>
/// <param name="Ended">When the end was recorded; null while an agreement is in force or to come.</param>
/// <param name="Owed">What is not confirmed, by purpose.</param>
/// <param name="Confirmed">Releases that are confirmed.</param>
/// <param name="OpenNotices">Its open notices.</param>
/// <param name="Keys">Keys that it used.</param>
/// <param name="IsDone">True when nothing is left.</param>
/// <param name="Warnings">What staff must know of the list.</param>
internal sealed record Checklist(
    string Partner,
    ImmutableArray<string> Agreements,
    DateTimeOffset? Ended,
    ImmutableArray<OwedReleases> Owed,
    long Confirmed,
    int OpenNotices,
    ImmutableArray<UsedKey> Keys,
    bool IsDone,
    ImmutableArray<string> Warnings);

/// <summary>A key that a partner used.</summary>
/// <param name="Key"><c>sha256:</c> and the hash of its SubjectPublicKeyInfo.</param>
/// <param name="Last">When it was last answered under it.</param>
internal sealed record UsedKey(string Key, DateTimeOffset Last)
{
    /// <summary>True when it is revoked.</summary>
    public bool IsRevoked { get; init; }
}
