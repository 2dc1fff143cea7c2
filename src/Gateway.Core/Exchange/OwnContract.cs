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
    public ValueTask<Outcome<IMessage>> AnswerAsync(IdentifiedCall call, IMessage response, Action<Receipt> sign, CancellationToken cancellationToken) =>
        ActAsync(call, () => ValueTask.FromResult(Outcome<IMessage>.Of(response)), (_, receipt) => sign(receipt), cancellationToken);

    /// <summary>
    /// As <see cref="AnswerAsync"/>, for an answer that is only made, or an act that is only done, once the call is within its rate.
    /// <paramref name="act"/> records what it changes by itself, before it does, and bears repetition: the call's own entry comes after.
    /// </summary>
    public async ValueTask<Outcome<IMessage>> ActAsync(
        IdentifiedCall call, Func<ValueTask<Outcome<IMessage>>> act, Action<IMessage, Receipt> sign, CancellationToken cancellationToken)
    {
        var open = call.Open;
        if (!call.Contract.OwnRate.TryTake(out var retryAfter))
        {
            return await pipeline.RefuseAsync(open, new Refusal(RefusalReason.RateExceeded, RetryAfter: retryAfter));
        }

        try
        {
            if (!(await act()).Passed(out var response, out var refusal))
            {
                return await pipeline.RefuseAsync(open, refusal);
            }

            var now = clock.GetUtcNow();
            using (open.Trace.Step(Steps.Record))
            {
                await recorder.AppendAsync(CallRecords.Answered(call, now));
            }

            open.Trace.Record(open.Receipt);
            sign(response, new Receipt { Id = open.Receipt.ToString(), Time = Timestamp.FromDateTimeOffset(now) });
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
