using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Obligations;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Obligations;

/// <summary>
/// Takes confirmations that data was deleted or returned, from a partner itself or from staff for one that wrote a letter. What counts is the
/// act's entry in the log: the tally follows it.
/// </summary>
internal sealed class Deletions(SqliteObligations obligations, AdministrationLog administration, TimeProvider clock)
{
    /// <summary>Receipts that one call may name.</summary>
    public const int MostReceipts = 1000;

    /// <summary>A partner's own. Repeating it changes nothing.</summary>
    /// <param name="partner">Its id.</param>
    /// <param name="call">The receipt of the call, whose entry proves who called.</param>
    /// <param name="request">What it tells.</param>
    /// <param name="cancellationToken">Ends it before it is recorded.</param>
    /// <exception cref="LogUnavailableException">Nothing is confirmed.</exception>
    public async Task<Outcome<ConfirmDeletionResponse>> ConfirmAsync(
        string partner, ReceiptId call, ConfirmDeletionRequest request, CancellationToken cancellationToken)
    {
        if ((request.Receipts.Count > 0) == (request.ReleasedBefore is not null))
        {
            return Invalid("receipts", "name either receipts or released_before");
        }

        return request.ReleasedBefore is null
            ? await ConfirmReceiptsAsync(partner, call, request, cancellationToken)
            : await ConfirmBeforeAsync(partner, call, request, cancellationToken);
    }

    /// <summary>For a partner that confirmed by letter. Gives what is confirmed, and the receipt of the act; null where nothing was open.</summary>
    /// <exception cref="LogUnavailableException">Nothing is confirmed.</exception>
    public async Task<(long Releases, long Records, ReceiptId? Receipt)> ConfirmByLetterAsync(
        string partner, DateTimeOffset before, string purpose, string reason, string actor, CancellationToken cancellationToken)
    {
        var (releases, records) = await obligations.AskAsync(t => t.CountBefore(partner, before, purpose), cancellationToken);
        return releases == 0
            ? (0, 0, null)
            : (releases, records, await RecordAsync(partner, actor, reason, Before(before, purpose)));
    }

    /// <summary>True where the partner was given something for this purpose, or for any where it is empty.</summary>
    public Task<bool> KnowsAsync(string partner, string purpose, CancellationToken cancellationToken) => obligations.AskAsync(
        t => purpose.Length > 0 ? t.Knows(partner, purpose) : t.Recipients().Any(r => r.Partner == partner), cancellationToken);

    /// <summary>The instant; null where there is none, or it is malformed or in the future.</summary>
    public DateTimeOffset? Past(Timestamp? instant)
    {
        // Bounds of google.protobuf.Timestamp: years 1 to 9999.
        if (instant is not { Nanos: >= 0 and < 1_000_000_000, Seconds: >= -62_135_596_800 and <= 253_402_300_799 })
        {
            return null;
        }

        var time = instant.ToDateTimeOffset();
        return time <= clock.GetUtcNow() ? time : null;
    }

    private async Task<Outcome<ConfirmDeletionResponse>> ConfirmReceiptsAsync(
        string partner, ReceiptId call, ConfirmDeletionRequest request, CancellationToken cancellationToken)
    {
        if (request.Purpose.Length > 0)
        {
            return Invalid("purpose", "goes with released_before alone");
        }

        if (request.Receipts.Count > MostReceipts)
        {
            return Invalid("receipts", "are more than 1000");
        }

        var named = new HashSet<ReceiptId>();
        foreach (var text in request.Receipts)
        {
            if (!ReceiptId.TryParse(text, out var id))
            {
                return Invalid("receipts", "holds what is no receipt's id");
            }

            named.Add(id);
        }

        // A receipt of another partner's is looked up like one that never was, and told like it.
        var found = await obligations.AskAsync(t => named.Select(r => (Receipt: r, Standing: t.Find(partner, r))).ToList(), cancellationToken);
        var open = found.Where(f => f.Standing is { IsConfirmed: false }).ToList();
        if (open.Count > 0)
        {
            var joined = open.SelectMany(f => f.Receipt.Value.ToByteArray(bigEndian: true)).ToArray();
            await RecordAsync(partner, partner, $"told in call {call}", new Entry.Types.Deletion { Receipts = UnsafeByteOperations.UnsafeWrap(joined) });
        }

        return new ConfirmDeletionResponse
        {
            Confirmed = open.Count,
            Records = Capped(open.Sum(f => f.Standing!.Records)),
            AlreadyConfirmed = found.Count(f => f.Standing is { IsConfirmed: true }),
            Unknown = found.Count(f => f.Standing is null),
        };
    }

    private async Task<Outcome<ConfirmDeletionResponse>> ConfirmBeforeAsync(
        string partner, ReceiptId call, ConfirmDeletionRequest request, CancellationToken cancellationToken)
    {
        if (Past(request.ReleasedBefore) is not { } before)
        {
            return Invalid("released_before", "is no instant of the past");
        }

        // What a partner sends is recorded only where it equals a known name.
        if (request.Purpose.Length > 0 && !await KnowsAsync(partner, request.Purpose, cancellationToken))
        {
            return Invalid("purpose", "is none for which you were given records");
        }

        var (releases, records) = await obligations.AskAsync(t => t.CountBefore(partner, before, request.Purpose), cancellationToken);
        if (releases > 0)
        {
            await RecordAsync(partner, partner, $"told in call {call}", Before(before, request.Purpose));
        }

        return new ConfirmDeletionResponse { Confirmed = Capped(releases), Records = Capped(records) };
    }

    private async Task<ReceiptId> RecordAsync(string partner, string actor, string reason, Entry.Types.Deletion deletion) =>
        await administration.RecordAsync(new Entry.Types.Administration
        {
            Actor = actor,
            Action = ObligationActs.Confirm,
            Target = partner,
            Reason = reason,
            Deletion = deletion,
        });

    private static Entry.Types.Deletion Before(DateTimeOffset before, string purpose) =>
        new() { ReleasedBefore = Timestamp.FromDateTimeOffset(before), Purpose = purpose };

    private static Outcome<ConfirmDeletionResponse> Invalid(string field, string detail) =>
        new Refusal(RefusalReason.InvalidRequest, Field: field, Detail: detail);

    private static int Capped(long count) => (int)Math.Min(int.MaxValue, count);
}
