using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf;

namespace Gateway.Core.Exchange;

/// <summary>Starts streams: what is open, then each change. See <see cref="WatchStream"/> for one of them.</summary>
public sealed class Watcher(
    Catalogue catalogue,
    Pipeline pipeline,
    PlanHolder plans,
    StandingHolder standing,
    ITokenSeal seal,
    ISubjectKeys keys,
    IDisclosureHistory history,
    Recorder recorder,
    TimeProvider clock)
{
    /// <summary>Most messages that share one entry in the log.</summary>
    public const int RunLength = 256;

    /// <summary>Time between two looks at the source.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly FrozenDictionary<ServiceMethod, (RequestReader Request, ResponseWriter Response)> _methods =
        catalogue.Methods.Values.Where(m => m.Shape == Shape.Watch)
            .ToFrozenDictionary(m => m, m => (RequestReader.Compile(m), ResponseWriter.Compile(m)));

    internal Pipeline Pipeline => pipeline;

    internal PageTokens Tokens { get; } = new(seal);

    internal ISubjectKeys Keys => keys;

    internal IDisclosureHistory History => history;

    internal Recorder Recorder => recorder;

    internal TimeProvider Clock => clock;

    /// <summary>
    /// Streams until the caller goes, a refusal ends it or the gateway stops. Gives the refusal, recorded; null where the stream ends in
    /// order, to be resumed with its last token.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="request">Its request.</param>
    /// <param name="write">Sends one message; only messages that the call released get through.</param>
    /// <param name="stopping">The gateway is about to stop.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async ValueTask<Refusal?> RunAsync(
        IdentifiedCall call,
        IMessage request,
        Func<IMessage, CancellationToken, Task> write,
        CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        var (reader, writer) = _methods[call.Open.Method!];
        var stream = new WatchStream(this, call, writer, write);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        Refusal refusal;
        try
        {
            refusal = reader.Read(request).Passed(out var query, out var invalid)
                ? await stream.RunAsync((Query.Watch)query, ended.Token)
                : invalid;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await pipeline.EndStreamAsync(call, stream.Records);
            return null;
        }
        catch (Exception e)
        {
            refusal = pipeline.Fault(call.Open, e, cancellationToken);
        }

        // What was sent is recorded run by run; its end needs an entry only when it says more than "the caller left".
        if (refusal.Reason == RefusalReason.Cancelled && call.Open.Recorded)
        {
            call.Open.Trace.End(refusal.Reason, stream.Records);
            return refusal;
        }

        return await pipeline.RefuseAsync(call.Open, refusal, stream.Records);
    }

    /// <summary>The gate anew, with what is in force now.</summary>
    internal Outcome<IdentifiedCall> PassGate(OpenCall open) =>
        IdentifiedCall.Gate(open, plans.Current, standing.Current, clock.GetUtcNow());
}
