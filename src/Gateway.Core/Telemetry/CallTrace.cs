using System.Diagnostics;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Grpc.Core;
using Contract = Gateway.Core.Contracts.Contract;

namespace Gateway.Core.Telemetry;

/// <summary>
/// The trace of one call: its root span, its step spans, and when it ends its decision on span and meters. Each step tells what it
/// knows, in our own types, so that no text of a partner's gets in. Owned by the call; one thread at a time.
/// </summary>
public sealed class CallTrace : IDisposable
{
    /// <summary>Step spans a call opens at most: a stream that runs for days would otherwise grow one trace without end.</summary>
    public const int MaxSteps = 64;

    private readonly Activity? _root;
    private readonly string _method;
    private readonly long _started = Stopwatch.GetTimestamp();
    private EndedSpans? _kept;
    private string? _partner;
    private string? _purpose;
    private int _steps;
    private bool _ended;

    private CallTrace(Activity? root, string method, PartnerTrace? link)
    {
        _root = root;
        _method = method;
        Link = link;
    }

    /// <summary>
    /// Raised with spans that have ended, on the call's own thread: a handler must neither block nor throw. For the whole process, as
    /// the source is.
    /// </summary>
    public static event Action<EndedSpans>? SpansEnded;

    /// <summary>The call's trace id; all zero when nobody listens.</summary>
    public ActivityTraceId TraceId => _root?.TraceId ?? default;

    /// <summary>The root span's id; all zero when nobody listens.</summary>
    public ActivitySpanId SpanId => _root?.SpanId ?? default;

    /// <summary>The partner's own trace, where it sent a well-formed one.</summary>
    public PartnerTrace? Link { get; }

    /// <summary>Starts the root span of a call, as the current activity. It is nobody's child.</summary>
    /// <param name="method">The method, or null where there is none of that name.</param>
    /// <param name="traceparent">The partner's header as it came; null where it sent none or several.</param>
    public static CallTrace Start(ServiceMethod? method, string? traceparent)
    {
        var name = method?.FullName ?? Attributes.Other;
        PartnerTrace? link = PartnerTrace.TryParse(traceparent, out var parsed) ? parsed : null;
        if (!GatewayTelemetry.Source.HasListeners())
        {
            return new CallTrace(null, name, link);
        }

        // An empty parent means "the current one", so there must be none.
        Activity.Current = null;
        var root = GatewayTelemetry.Source.StartActivity(
            name, ActivityKind.Server, default(ActivityContext), tags: null, links: link is { } partner ? [partner.ToLink()] : null);
        if (root is { IsAllDataRequested: true })
        {
            root.AddTag(Attributes.RpcSystem, "grpc").AddTag(Attributes.RpcMethod, name);
        }

        return new CallTrace(root, name, link);
    }

    /// <summary>The caller is this contract's partner.</summary>
    public void Identify(Contract contract)
    {
        _partner = contract.Partner.Id;
        Tag(Attributes.Partner, _partner);
        Tag(Attributes.Contract, contract.Name);
    }

    /// <summary>The call uses this revision.</summary>
    public void Use(Snapshot snapshot) => Tag(Attributes.Revision, snapshot.Revision);

    /// <summary>The call has this grant and, after its read mask, this scope.</summary>
    public void Authorize(Grant grant, int fieldsReleased, int fieldsWithheld)
    {
        _purpose = grant.Purpose.Key;
        Tag(Attributes.Purpose, _purpose);
        Tag(Attributes.FieldsReleased, fieldsReleased);
        Tag(Attributes.FieldsWithheld, fieldsWithheld);
    }

    /// <summary>The purpose of a call that releases no record's fields is settled.</summary>
    public void Authorize(Purpose purpose)
    {
        _purpose = purpose.Key;
        Tag(Attributes.Purpose, _purpose);
    }

    /// <summary>The call's entry is durable under this id; the first counts, a stream has several.</summary>
    public void Record(ReceiptId receipt)
    {
        if (_root is { IsAllDataRequested: true } && _root.GetTagItem(Attributes.Receipt) is null)
        {
            _root.AddTag(Attributes.Receipt, receipt.ToString());
        }
    }

    /// <summary>Opens the span of a step, one of <see cref="Steps"/>.</summary>
    public StepSpan Step(string name)
    {
        if (_root is null || ++_steps > MaxSteps)
        {
            return default;
        }

        var step = GatewayTelemetry.Source.StartActivity(name, ActivityKind.Internal, _root.Context);
        return step is null ? default : new StepSpan(this, step);
    }

    /// <summary>Ends the call as released.</summary>
    /// <param name="records">How many records left.</param>
    public void End(int records) => End(Outcome.Released, StatusCode.OK, refusal: null, records);

    /// <summary>Ends the call as refused or failed, whichever the reason is.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="records">How many records had left before: only a stream has any.</param>
    public void End(RefusalReason reason, int records = 0)
    {
        var row = Refusals.Of(reason);
        End(row.Outcome, row.Status, row.Name, records);
    }

    /// <summary>A call that nobody ended is a fault of ours.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            End(RefusalReason.InternalFault);
        }
    }

    private void End(Outcome outcome, StatusCode status, string? refusal, int records)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        var decision = Decision(outcome);
        var name = RpcStatus.Name(status);
        var error = RpcStatus.IsError(status) ? name : null;
        Measure(decision, refusal, name, error);
        if (_root is null)
        {
            return;
        }

        Tag(Attributes.Decision, decision);
        Tag(Attributes.Refusal, refusal);
        Tag(Attributes.Records, records);
        Tag(Attributes.RpcStatus, name);
        Tag(Attributes.RpcResponseStatus, name);
        Tag(Attributes.ErrorType, error);
        Tag(Attributes.StepsOmitted, _steps > MaxSteps ? _steps - MaxSteps : null);
        if (error is not null)
        {
            _root.SetStatus(ActivityStatusCode.Error);
        }

        _root.Dispose();
        if (SpansEnded is not null)
        {
            _kept ??= new EndedSpans();
            _kept.Root = _root;
            HandOver();
        }
    }

    /// <summary>Takes a step that has ended.</summary>
    internal void Keep(Activity step)
    {
        if (SpansEnded is null)
        {
            return;
        }

        _kept ??= new EndedSpans();
        _kept.Steps.Add(step);
        if (_ended || _kept.Steps.Count == EndedSpans.MostSteps)
        {
            HandOver();
        }
    }

    private void HandOver()
    {
        var spans = _kept!;
        _kept = null;
        SpansEnded?.Invoke(spans);
    }

    private void Measure(string decision, string? refusal, string status, string? error)
    {
        if (Instruments.CallDuration.Enabled)
        {
            var tags = new TagList
            {
                { Attributes.RpcSystem, "grpc" }, { Attributes.RpcMethod, _method },
                { Attributes.RpcStatus, status }, { Attributes.RpcResponseStatus, status },
            };
            if (error is not null)
            {
                tags.Add(Attributes.ErrorType, error);
            }

            Instruments.CallDuration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, tags);
        }

        if (Instruments.Decisions.Enabled)
        {
            var tags = new TagList
            {
                { Attributes.Partner, _partner ?? Attributes.Other }, { Attributes.Purpose, _purpose ?? "" },
                { Attributes.Decision, decision }, { Attributes.Refusal, refusal ?? "" },
            };
            Instruments.Decisions.Add(1, tags);
        }
    }

    private void Tag(string name, object? value)
    {
        if (value is not null && _root is { IsAllDataRequested: true })
        {
            _root.SetTag(name, value);
        }
    }

    private static string Decision(Outcome outcome) => outcome switch
    {
        Outcome.Released => "released",
        Outcome.Refused => "refused",
        _ => "failed",
    };
}
