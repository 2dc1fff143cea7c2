using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Log;

/// <summary>Records acts of staff and of the gateway itself. An act takes effect only when its entry is durable, unless it protects.</summary>
public sealed class AdministrationLog(IDisclosureLog log, TimeProvider clock)
{
    /// <summary>Appends the act and completes when it is durable.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it.</exception>
    public async ValueTask<ReceiptId> RecordAsync(Entry.Types.Administration act)
    {
        var now = clock.GetUtcNow();
        var id = ReceiptId.New(now);
        var entry = new Entry
        {
            Receipt = ByteString.CopyFrom(id.Value.ToByteArray(bigEndian: true)),
            Time = Timestamp.FromDateTimeOffset(now),
            Kind = Kind.Administration,
            Administration = act,
        };
        await log.AppendAsync(entry.ToByteArray(), scope: null);
        return id;
    }
}
