using Gateway.Core.Log;
using Gateway.Core.Sources;
using Google.Protobuf;

namespace Gateway.Core.Exchange;

/// <summary>New messages that hold granted fields only, transforms applied. Only <see cref="Minimise"/> makes one.</summary>
public sealed class MinimisedReply
{
    private MinimisedReply(ReservedReply reserved, IReadOnlyList<SourceRow> rows, IReadOnlyList<IMessage> messages)
    {
        Call = reserved.Fetched.Call;
        NextToken = reserved.Fetched.NextToken;
        Rows = rows;
        Messages = messages;
        Subjects = reserved.Subjects.AsMemory(0, messages.Count);
        Records = reserved.Records.AsMemory(0, messages.Count);
    }

    internal AuthorizedCall Call { get; }

    internal string? NextToken { get; }

    /// <summary>The rows that were kept.</summary>
    internal IReadOnlyList<SourceRow> Rows { get; }

    /// <summary>The new messages, in the rows' order.</summary>
    internal IReadOnlyList<IMessage> Messages { get; }

    /// <summary>Their subjects, in their order.</summary>
    internal ReadOnlyMemory<Pseudonym> Subjects { get; }

    /// <summary>Their records, in their order.</summary>
    internal ReadOnlyMemory<Pseudonym> Records { get; }

    /// <summary>
    /// Copies each row's granted fields into a new message. A record whose text looks like a card number is left out as if it were not
    /// there, and raises an alarm.
    /// </summary>
    internal static Outcome<MinimisedReply> Minimise(ReservedReply reserved, ISafeguards safeguards)
    {
        var fetched = reserved.Fetched;
        var planned = fetched.Call.Grant;
        var allowed = fetched.Call.Allowed;
        var count = fetched.Rows.Count;
        var messages = new IMessage[count];
        List<SourceRow>? rows = null;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var message = planned.Projector.Project(fetched.Rows[i].Record, allowed);
            if (planned.Cards.Finds(message))
            {
                safeguards.CardNumberFound(fetched.Call.Call.Contract.Contract, planned.Grant.Record.Name);
                rows ??= [.. fetched.Rows.Take(kept)];
                continue;
            }

            rows?.Add(fetched.Rows[i]);
            messages[kept] = message;
            reserved.Subjects[kept] = reserved.Subjects[i];
            reserved.Records[kept] = reserved.Records[i];
            kept++;
        }

        // A Get whose one record is left out reads like any other record that is not there.
        return kept == 0 && fetched.Call.AsksForOne
            ? RefusalReason.RecordNotAvailable
            : new MinimisedReply(reserved, rows ?? fetched.Rows, kept == count ? messages : messages[..kept]);
    }
}
