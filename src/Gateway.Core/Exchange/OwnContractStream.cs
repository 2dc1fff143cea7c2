using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Exchange;

/// <summary>
/// The path of streams about the caller's own contract: no record, no grant, no source. Each message is recorded before it is sent, and
/// each round passes the gate anew, so that a suspension or the end of the agreement ends the stream.
/// </summary>
public sealed class OwnContractStream(Pipeline pipeline, Recorder recorder, PlanHolder plans, StandingHolder standing, TimeProvider clock)
{
    /// <summary>Time between two looks for something new.</summary>
    public static readonly TimeSpan Interval = Watcher.Interval;

    /// <summary>
    /// Streams until the caller goes, a refusal ends it or the gateway stops. Gives the refusal, recorded; null where the stream ends in
    /// order.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="next">What is new since it was last asked, in order; a refusal ends the stream.</param>
    /// <param name="sign">Puts the receipt into a message.</param>
    /// <param name="write">Sends one message; only messages that the call released get through.</param>
    /// <param name="stopping">The gateway is about to stop.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<Refusal?> RunAsync(
        IdentifiedCall call,
        Func<Outcome<IReadOnlyList<IMessage>>> next,
        Action<IMessage, Receipt> sign,
        Func<IMessage, CancellationToken, Task> write,
        CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        var slots = call.Contract.OwnStreams;
        if (!call.Contract.OwnRate.TryTake(out var retryAfter))
        {
            return await pipeline.RefuseAsync(call.Open, new Refusal(RefusalReason.RateExceeded, RetryAfter: retryAfter));
        }

        if (!slots.TryEnter())
        {
            return await pipeline.RefuseAsync(call.Open, new Refusal(RefusalReason.RateExceeded, RetryAfter: TimeSpan.FromSeconds(10)));
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        Refusal refusal;
        try
        {
            refusal = await RunAsync(call, next, sign, write, ended.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await pipeline.EndStreamAsync(call, records: 0);
            return null;
        }
        catch (Exception e)
        {
            refusal = pipeline.Fault(call.Open, e, cancellationToken);
        }
        finally
        {
            slots.Leave();
        }

        // What was sent is recorded message by message; its end needs an entry only when it says more than "the caller left".
        if (refusal.Reason == RefusalReason.Cancelled && call.Open.Recorded)
        {
            call.Open.Trace.End(refusal.Reason);
            return refusal;
        }

        return await pipeline.RefuseAsync(call.Open, refusal);
    }

    private async Task<Refusal> RunAsync(
        IdentifiedCall call, Func<Outcome<IReadOnlyList<IMessage>>> next, Action<IMessage, Receipt> sign, Func<IMessage, CancellationToken, Task> write,
        CancellationToken cancellationToken)
    {
        var open = call.Open;
        while (true)
        {
            if (!next().Passed(out var messages, out var refusal))
            {
                return refusal;
            }

            foreach (var message in messages)
            {
                var now = clock.GetUtcNow();
                open.NewEntry(now);
                await recorder.AppendAsync(CallRecords.Answered(call, now));
                open.Recorded = true;
                open.Trace.Record(open.Receipt);
                sign(message, new Receipt { Id = open.Receipt.ToString(), Time = Timestamp.FromDateTimeOffset(now) });
                open.Release(message);
                await write(message, cancellationToken);
            }

            await Task.Delay(Interval, clock, cancellationToken);
            if (!IdentifiedCall.Gate(open, plans.Current, standing.Current, clock.GetUtcNow()).Passed(out var passed, out refusal))
            {
                return refusal;
            }

            call = passed;
        }
    }
}
