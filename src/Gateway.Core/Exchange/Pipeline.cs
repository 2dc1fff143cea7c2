using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Core.Telemetry;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Gateway.Core.Exchange;

/// <summary>
/// The way of a call after the gate, in one direction: each step takes what only the step before can make. A refusal is a value, an
/// exception is a bug or a broken machine; both end in no data, recorded.
/// </summary>
public sealed partial class Pipeline
{
    // A caller's own deadline began when it sent the call, ours when it came in: it lets go a moment before ours is over.
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(100);

    private readonly FrozenDictionary<ServiceMethod, (RequestReader Request, ResponseWriter Response)> _methods;
    private readonly PageTokens _tokens;
    private readonly ISubjectKeys _keys;
    private readonly Recorder _recorder;
    private readonly RefusalLog _refusals;
    private readonly ISafeguards _safeguards;
    private readonly TimeProvider _clock;
    private readonly ILogger<Pipeline> _logger;

    /// <exception cref="AnnotationException">A method's request or response does not have its shape's fields.</exception>
    public Pipeline(
        Catalogue catalogue,
        ITokenSeal seal,
        ISubjectKeys keys,
        Recorder recorder,
        RefusalLog refusals,
        ISafeguards safeguards,
        TimeProvider clock,
        ILogger<Pipeline> logger)
    {
        _methods = catalogue.Methods.Values.Where(m => m.Record is not null && m.Shape != Shape.Watch)
            .ToFrozenDictionary(m => m, m => (RequestReader.Compile(m), ResponseWriter.Compile(m)));
        _tokens = new PageTokens(seal);
        _keys = keys;
        _recorder = recorder;
        _refusals = refusals;
        _safeguards = safeguards;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Answers a Get, BatchGet or List: the response message with its receipt, or a refusal that is recorded.</summary>
    public async ValueTask<Outcome<IMessage>> AnswerAsync(IdentifiedCall call, IMessage request, CancellationToken cancellationToken)
    {
        var open = call.Open;
        var method = _methods[open.Method!];
        Refusal? refusal;
        try
        {
            AuthorizedCall? authorized;
            Query? query;
            using (open.Trace.Step(Steps.Authorize))
            {
                if (!AuthorizedCall.Authorize(call).Passed(out authorized, out refusal) || !method.Request.Read(request).Passed(out query, out refusal))
                {
                    return await RefuseAsync(open, refusal);
                }
            }

            AdmittedCall? admitted;
            using (open.Trace.Step(Steps.Admit))
            {
                if (!AdmittedCall.Admit(authorized).Passed(out admitted, out refusal))
                {
                    return await RefuseAsync(open, refusal);
                }
            }

            FetchedReply? fetched;
            using (open.Trace.Step(Steps.Fetch))
            {
                var outcome = await FetchedReply.FetchAsync(admitted, query, _tokens, _clock.GetUtcNow(), cancellationToken);
                if (!outcome.Passed(out fetched, out refusal))
                {
                    return await RefuseAsync(open, refusal);
                }
            }

            var permitted = await PermitAsync(fetched, cancellationToken);
            var recorded = await DiscloseAsync(permitted);
            if (!recorded.Passed(out var reply, out refusal))
            {
                return await RefuseAsync(open, refusal);
            }

            IMessage response;
            using (open.Trace.Step(Steps.Respond))
            {
                response = Responder.Respond(reply, method.Response);
            }

            open.Trace.End(reply.Minimised.Messages.Count);
            return Outcome<IMessage>.Of(response);
        }
        catch (Exception e)
        {
            return await RefuseAsync(open, Fault(open, e, cancellationToken));
        }
    }

    /// <summary>Asks the subjects' permission where the grant needs it; costs nothing where it does not.</summary>
    /// <exception cref="SourceException">Nobody can tell.</exception>
    internal async ValueTask<PermittedReply> PermitAsync(FetchedReply fetched, CancellationToken cancellationToken)
    {
        using (fetched.Call.Grant.Permission is null ? default : fetched.Call.Call.Open.Trace.Step(Steps.Permit))
        {
            return await PermittedReply.PermitAsync(fetched, _clock.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>Reserve, minimise, record: what a page and a run of a stream have in common.</summary>
    internal async ValueTask<Outcome<RecordedReply>> DiscloseAsync(PermittedReply permitted)
    {
        var trace = permitted.Fetched.Call.Call.Open.Trace;
        ReservedReply? reserved;
        using (trace.Step(Steps.Reserve))
        {
            var outcome = await ReservedReply.ReserveAsync(permitted, _keys, _safeguards, _clock.GetUtcNow());
            if (!outcome.Passed(out reserved, out var refusal))
            {
                return refusal;
            }
        }

        MinimisedReply? minimised;
        using (trace.Step(Steps.Minimise))
        {
            if (!MinimisedReply.Minimise(reserved, _safeguards).Passed(out minimised, out var refusal))
            {
                return refusal;
            }
        }

        using (trace.Step(Steps.Record))
        {
            return await RecordedReply.RecordAsync(minimised, _recorder, _clock.GetUtcNow());
        }
    }

    /// <summary>Records a refusal and gives it back; a refusal that cannot be recorded becomes LOG_UNAVAILABLE, without a receipt.</summary>
    public async ValueTask<Refusal> RefuseAsync(OpenCall open, Refusal refusal, int records = 0)
    {
        try
        {
            open.NewEntry(_clock.GetUtcNow());
            if (refusal.Reason == RefusalReason.LogUnavailable)
            {
                _refusals.CountUnrecorded(open);
            }
            else
            {
                await _refusals.RecordAsync(open, refusal);
            }
        }
        catch (LogUnavailableException e)
        {
            Log.NotRecorded(_logger, e, Refusals.Of(refusal.Reason).Name);
            _refusals.CountUnrecorded(open);
            refusal = new Refusal(RefusalReason.LogUnavailable, RetryAfter: TimeSpan.FromSeconds(1));
        }

        open.Settled = true;
        open.Trace.End(refusal.Reason, records);
        return refusal;
    }

    /// <summary>A stream ends in order. Where it sent nothing it has no entry yet, and gets one.</summary>
    internal async ValueTask EndStreamAsync(IdentifiedCall call, int records)
    {
        if (!call.Open.Recorded)
        {
            await _recorder.AppendAsync(CallRecords.Answered(call, _clock.GetUtcNow()));
            call.Open.Recorded = true;
        }

        call.Open.Settled = true;
        call.Open.Trace.End(records);
    }

    internal Refusal Fault(OpenCall open, Exception e, CancellationToken cancellationToken)
    {
        switch (e)
        {
            case OperationCanceledException when cancellationToken.IsCancellationRequested:
                return new Refusal(_clock.GetUtcNow() >= open.Deadline - s_headStart ? RefusalReason.Deadline : RefusalReason.Cancelled);
            case SourceException:
                Log.SourceUnavailable(_logger, e, open.Receipt);
                return new Refusal(RefusalReason.SourceUnavailable, RetryAfter: TimeSpan.FromSeconds(1));
            case LogUnavailableException:
                Log.LogUnavailable(_logger, e, open.Receipt);
                return new Refusal(RefusalReason.LogUnavailable, RetryAfter: TimeSpan.FromSeconds(1));
            default:
                Log.Fault(_logger, e.GetType().FullName!, e.StackTrace, open.Receipt);
                return new Refusal(RefusalReason.InternalFault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Error, "A refusal ({Reason}) could not be recorded; the call got LOG_UNAVAILABLE", EventName = "RefusalNotRecorded")]
        public static partial void NotRecorded(ILogger logger, Exception exception, string reason);

        [LoggerMessage(1001, LogLevel.Error, "The source did not answer call {Receipt}", EventName = "SourceUnavailable")]
        public static partial void SourceUnavailable(ILogger logger, Exception exception, ReceiptId receipt);

        [LoggerMessage(1002, LogLevel.Critical, "The disclosure log did not take call {Receipt}; nothing was released", EventName = "LogUnavailable")]
        public static partial void LogUnavailable(ILogger logger, Exception exception, ReceiptId receipt);

        // The exception's message can quote data, so only its type and place are logged.
        [LoggerMessage(1003, LogLevel.Critical, "A fault of ours ended call {Receipt}; nothing was released: {Type} {Place}", EventName = "InternalFault")]
        public static partial void Fault(ILogger logger, string type, string? place, ReceiptId receipt);
    }
}
