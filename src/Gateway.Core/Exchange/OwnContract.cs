using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Exchange;

/// <summary>
/// The path of calls about the caller's own contract: no record, no grant, no source; recorded before it is answered like any other.
/// </summary>
public sealed class OwnContract(Pipeline pipeline, Recorder recorder, TimeProvider clock)
{
    /// <summary>Answers with <paramref name="response"/> once its entry is durable and <paramref name="sign"/> has put in the receipt.</summary>
    public async ValueTask<Outcome<IMessage>> AnswerAsync(IdentifiedCall call, IMessage response, Action<Receipt> sign, CancellationToken cancellationToken)
    {
        var open = call.Open;
        if (!call.Contract.OwnRate.TryTake(out var retryAfter))
        {
            return await pipeline.RefuseAsync(open, new Refusal(RefusalReason.RateExceeded, RetryAfter: retryAfter));
        }

        try
        {
            var now = clock.GetUtcNow();
            using (open.Trace.Step(Steps.Record))
            {
                await recorder.AppendAsync(CallRecords.Answered(call, now));
            }

            open.Trace.Record(open.Receipt);
            sign(new Receipt { Id = open.Receipt.ToString(), Time = Timestamp.FromDateTimeOffset(now) });
            open.Release(response);
            open.Trace.End(records: 0);
            return Outcome<IMessage>.Of(response);
        }
        catch (Exception e)
        {
            return await pipeline.RefuseAsync(open, pipeline.Fault(open, e, cancellationToken));
        }
    }
}
