using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Exchange;

/// <summary>A minimised reply whose record is durable, with its receipt. Only <see cref="RecordAsync"/> makes one.</summary>
public sealed class RecordedReply
{
    private RecordedReply(MinimisedReply minimised, Receipt receipt)
    {
        Minimised = minimised;
        Receipt = receipt;
    }

    internal MinimisedReply Minimised { get; }

    /// <summary>What the partner gets in field 15.</summary>
    internal Receipt Receipt { get; }

    /// <summary>Appends the leaf and waits until it is durable. Takes no cancellation: a record whose call was cancelled stays.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it: nothing may leave.</exception>
    internal static async ValueTask<RecordedReply> RecordAsync(MinimisedReply reply, Recorder recorder, DateTimeOffset now)
    {
        var call = reply.Call;
        await recorder.AppendAsync(CallRecords.Released(call, now) with
        {
            Records = reply.Records,
            Subjects = reply.Subjects,
            Permissions = reply.Permissions,
        });
        call.Call.Open.Recorded = true;
        call.Call.Open.Trace.Record(call.Call.Open.Receipt);
        var receipt = new Receipt
        {
            Id = call.Call.Open.Receipt.ToString(),
            Time = Timestamp.FromDateTimeOffset(now),
            Scope = call.Scope.Message,
        };
        if (reply.Messages.Count > 0)
        {
            receipt.DeleteBy = Timestamp.FromDateTimeOffset(now + call.Grant.Grant.DeleteAfter);
        }

        return new RecordedReply(reply, receipt);
    }
}
