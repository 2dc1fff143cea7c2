using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Log;

/// <summary>Records acts of staff and of the gateway itself. An act takes effect only when its entry is durable, unless it protects.</summary>
public sealed class AdministrationLog(IDisclosureLog log, TimeProvider clock)
{
    /// <summary>Room for the fields gained and lost in one entry, bytes; a change with more takes several entries in a row.</summary>
    private const int MaxChanges = 48 * 1024;

    /// <summary>Appends the act and completes when it is durable; gives the id of its first entry.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it.</exception>
    public async ValueTask<ReceiptId> RecordAsync(Entry.Types.Administration act)
    {
        ReceiptId? first = null;
        foreach (var part in Split(act))
        {
            var now = clock.GetUtcNow();
            var id = ReceiptId.New(now);
            first ??= id;
            var entry = new Entry
            {
                Receipt = ByteString.CopyFrom(id.Value.ToByteArray(bigEndian: true)),
                Time = Timestamp.FromDateTimeOffset(now),
                Kind = Kind.Administration,
                Administration = part,
            };
            await log.AppendAsync(entry.ToByteArray(), scope: null);
        }

        return first!.Value;
    }

    private static List<Entry.Types.Administration> Split(Entry.Types.Administration act)
    {
        if (act.CalculateSize() <= MaxChanges)
        {
            return [act];
        }

        var parts = new List<Entry.Types.Administration>();
        var room = 0;
        void Put(RepeatedField<string> changes, Func<Entry.Types.Administration, RepeatedField<string>> side)
        {
            foreach (var change in changes)
            {
                // Tag and length take up to four bytes beside the text.
                var size = System.Text.Encoding.UTF8.GetByteCount(change) + 4;
                if (parts.Count == 0 || size > room)
                {
                    var part = new Entry.Types.Administration(act);
                    part.Gained.Clear();
                    part.Lost.Clear();
                    parts.Add(part);
                    room = MaxChanges;
                }

                side(parts[^1]).Add(change);
                room -= size;
            }
        }

        Put(act.Gained, a => a.Gained);
        Put(act.Lost, a => a.Lost);
        return parts.Count == 0 ? [act] : parts;
    }
}
