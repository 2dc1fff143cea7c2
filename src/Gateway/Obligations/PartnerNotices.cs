using System.Globalization;
using System.Text;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Log.V1;
using Gateway.Requests;
using Gateway.Stores.Sqlite.Requests;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Notice = Gateway.Core.Requests.Notice;

namespace Gateway.Obligations;

/// <summary>What a partner sees of its notices, and does about them. A partner's id is asked for with everything: another's notice is none.</summary>
internal sealed class PartnerNotices(SqliteNoticeStore store, AdministrationLog administration, ITokenSeal seal, TimeProvider clock)
{
    private const int MostOnPage = 100;
    private const int UsuallyOnPage = 50;

    /// <summary>A page of open notices.</summary>
    public Outcome<ListNoticesResponse> List(string partner, ListNoticesRequest request)
    {
        if (request.PageSize is < 0 or > MostOnPage)
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: "page_size", Detail: "is 1 to 100, or 0 for 50");
        }

        if (!TryPlace(partner, request.PageToken, out var after))
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: "page_token", Detail: "is no token of ours for this call");
        }

        var size = request.PageSize == 0 ? UsuallyOnPage : request.PageSize;
        return Stored(() =>
        {
            var notices = store.ListOpen(partner, after, size + 1);
            var response = new ListNoticesResponse { Notices = { notices.Take(size).Select(ToMessage) } };
            if (notices.Count > size)
            {
                response.NextPageToken = seal.Seal(Encoding.UTF8.GetBytes(Place(partner) + notices[size - 1].Sequence.ToString(CultureInfo.InvariantCulture)));
            }

            return (Outcome<ListNoticesResponse>)response;
        });
    }

    /// <summary>Gives, each time it is asked, what is open and was not given before: first all, then what is new.</summary>
    public Func<Outcome<IReadOnlyList<IMessage>>> Watch(string partner)
    {
        var (after, version) = (0L, -1L);
        return () => Stored(() =>
        {
            var now = store.Version;
            if (now == version)
            {
                return Outcome<IReadOnlyList<IMessage>>.Of([]);
            }

            var notices = store.ListOpen(partner, after, MostOnPage);
            // As long as there may be more, the next look is not spared.
            version = notices.Count < MostOnPage ? now : -1;
            after = notices.Count > 0 ? notices[^1].Sequence : after;
            return Outcome<IReadOnlyList<IMessage>>.Of([.. notices.Select(n => new WatchNoticesResponse { Notice = ToMessage(n) })]);
        });
    }

    /// <summary>Closes a notice: recorded, then its key and receipts are wiped. Once closed it stays so, and is answered alike.</summary>
    /// <param name="partner">The caller.</param>
    /// <param name="call">The receipt of the call, whose entry proves who called.</param>
    /// <param name="request">Which.</param>
    /// <exception cref="LogUnavailableException">Nothing is changed.</exception>
    public async Task<Outcome<AcknowledgeNoticeResponse>> AcknowledgeAsync(string partner, ReceiptId call, AcknowledgeNoticeRequest request)
    {
        try
        {
            // What is no id is asked for like one: unknown, foreign and malformed are one answer.
            var isId = Guid.TryParseExact(request.Id, "D", out var id);
            if (store.Find(partner, id) is not { } standing || !isId)
            {
                return RefusalReason.RecordNotAvailable;
            }

            var acknowledged = standing.Acknowledged ?? clock.GetUtcNow();
            if (standing.Acknowledged is null)
            {
                await administration.RecordAsync(new Entry.Types.Administration
                {
                    Actor = partner,
                    Action = RequestActs.Acknowledge,
                    Target = partner,
                    Reason = $"notice {id}, told in call {call}",
                });
                store.Acknowledge(partner, id, acknowledged);
            }

            return new AcknowledgeNoticeResponse { Acknowledged = Timestamp.FromDateTimeOffset(acknowledged) };
        }
        catch (RequestsUnavailableException)
        {
            return Unavailable();
        }
    }

    private static Outcome<T> Stored<T>(Func<Outcome<T>> ask)
        where T : class
    {
        try
        {
            return ask();
        }
        catch (RequestsUnavailableException)
        {
            return Unavailable();
        }
    }

    private static Refusal Unavailable() => new(RefusalReason.SourceUnavailable, RetryAfter: TimeSpan.FromSeconds(10));

    private bool TryPlace(string partner, string token, out long after)
    {
        after = 0;
        if (token.Length == 0)
        {
            return true;
        }

        // Sealed for this partner and this call: a token of another kind begins otherwise.
        var prefix = Place(partner);
        return seal.TryOpen(token, out var content)
            && Encoding.UTF8.GetString(content) is var text
            && text.StartsWith(prefix, StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out after);
    }

    private static string Place(string partner) => $"notices of {partner} after ";

    private static Protos.Contract.V1.Notice ToMessage(Notice notice) => new()
    {
        Id = notice.Id.ToString("D"),
        Kind = (Protos.Contract.V1.NoticeKind)notice.Kind,
        Record = notice.Record,
        RecordKey = notice.Key ?? "",
        Receipts = { notice.Receipts.Select(r => r.ToString()) },
        ReceiptCount = notice.ReceiptCount,
        Fields = { notice.Fields },
        Created = Timestamp.FromDateTimeOffset(notice.Created),
    };
}
