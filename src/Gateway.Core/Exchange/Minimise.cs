using Gateway.Core.Log;
using Gateway.Core.Sources;
using Google.Protobuf;

namespace Gateway.Core.Exchange;

/// <summary>New messages that hold granted fields only, transforms applied. Only <see cref="Minimise"/> makes one.</summary>
public sealed class MinimisedReply
{
    private MinimisedReply(ReservedReply reserved, IReadOnlyList<SourceRow> rows, IReadOnlyList<IMessage> messages)
    {
        Call = reserved.Permitted.Fetched.Call;
        NextToken = reserved.Permitted.Fetched.NextToken;
        Rows = rows;
        Messages = messages;
        Subjects = reserved.Subjects.AsMemory(0, messages.Count);
        Records = reserved.Records.AsMemory(0, messages.Count);
        Permissions = reserved.Permissions.AsMemory(0, reserved.Permissions.Length == 0 ? 0 : messages.Count);
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

    /// <summary>What their release relies on, in their order; empty where the grant needs no permission.</summary>
    internal ReadOnlyMemory<Pseudonym> Permissions { get; }

    /// <summary>
    /// Copies each row's granted fields into a new message. A record whose text looks like a card number is left out as if it were not
    /// there, and raises an alarm.
    /// </summary>
    internal static Outcome<MinimisedReply> Minimise(ReservedReply reserved, ISafeguards safeguards)
    {
        var call = reserved.Permitted.Fetched.Call;
        var all = reserved.Permitted.Rows;
        var planned = call.Grant;
        var allowed = call.Allowed;
        var count = all.Count;
        var messages = new IMessage[count];
        List<SourceRow>? rows = null;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var message = planned.Projector.Project(all[i].Record, allowed);
            if (planned.Cards.Finds(message))
            {
                safeguards.CardNumberFound(call.Call.Contract.Contract, planned.Grant.Record.Name);
                rows ??= [.. all.Take(kept)];
                continue;
            }

            rows?.Add(all[i]);
            messages[kept] = message;
            reserved.Subjects[kept] = reserved.Subjects[i];
            reserved.Records[kept] = reserved.Records[i];
            if (reserved.Permissions.Length > 0)
            {
                reserved.Permissions[kept] = reserved.Permissions[i];
            }

            kept++;
        }

        // A Get whose one record is left out reads like any other record that is not there.
        return kept == 0 && call.AsksForOne
            ? RefusalReason.RecordNotAvailable
            : new MinimisedReply(reserved, rows ?? all, kept == count ? messages : messages[..kept]);
    }
}
