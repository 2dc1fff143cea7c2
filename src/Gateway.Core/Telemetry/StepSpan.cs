using System.Diagnostics;
using Gateway.Core.Exchange;

namespace Gateway.Core.Telemetry;

/// <summary>The span of one step, ended by disposing. The default value is a span that nobody listens to.</summary>
public readonly struct StepSpan : IDisposable
{
    private readonly CallTrace? _call;
    private readonly Activity? _activity;

    internal StepSpan(CallTrace call, Activity activity)
    {
        _call = call;
        _activity = activity;
    }

    /// <summary>Marks the step as the one that said no.</summary>
    public void Refuse(RefusalReason reason)
    {
        if (_activity is { IsAllDataRequested: true } span)
        {
            var row = Refusals.Of(reason);
            span.AddTag(Attributes.Refusal, row.Name);
            if (RpcStatus.IsError(row.Status))
            {
                span.AddTag(Attributes.ErrorType, RpcStatus.Name(row.Status));
                span.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    public void Dispose()
    {
        if (_activity is not null)
        {
            _activity.Dispose();
            _call!.Keep(_activity);
        }
    }
}
