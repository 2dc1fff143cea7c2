using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;

namespace Gateway.Core.Tests.Exchange;

/// <summary>Each part broken on purpose: no data, the right refusal, recorded or not.</summary>
public sealed class PipelineFaultTests
{
    private static readonly GetShipmentRequest s_get = new() { OrderId = "A-1" };
    private readonly ExchangeScene _scene = new();

    public PipelineFaultTests() => _scene.PutShipment("A-1");

    [Fact]
    public Task Source_CannotAnswer_IsSourceUnavailable() =>
        BreakAsync(s => s.Source.Fault = new SourceException("gone"), RefusalReason.SourceUnavailable, "SOURCE_UNAVAILABLE");

    [Fact]
    public Task Source_ThrowsWhatItMustNot_IsAFault() =>
        BreakAsync(s => s.Source.Fault = new InvalidOperationException("a bug"), RefusalReason.InternalFault, "INTERNAL_FAULT");

    [Fact]
    public Task Source_CancelsByItself_IsAFault() =>
        BreakAsync(s => s.Source.Fault = new OperationCanceledException(), RefusalReason.InternalFault, "INTERNAL_FAULT");

    [Fact]
    public Task KeyStore_CannotAnswer_IsLogUnavailable() =>
        BreakAsync(s => s.Keys.Fault = new LogUnavailableException("gone"), RefusalReason.LogUnavailable, null);

    [Fact]
    public Task KeyStore_ThrowsWhatItMustNot_IsAFault() =>
        BreakAsync(s => s.Keys.Fault = new InvalidOperationException("a bug"), RefusalReason.InternalFault, "INTERNAL_FAULT");

    [Fact]
    public Task Log_CannotTakeIt_IsLogUnavailable() => BreakAsync(s => s.Log.Unavailable = true, RefusalReason.LogUnavailable, null);

    [Fact]
    public Task Log_GoneWhileTheSourceAnswers_IsLogUnavailable() =>
        BreakAsync(s => s.Source.OnRead = () => s.Log.Unavailable = true, RefusalReason.LogUnavailable, null);

    [Fact]
    public Task Projector_Throws_IsAFault() => BreakAsync(
        s => s.Source.Answer = _ => new SourceRow("A-1", "s-1", ExchangeScene.Start, new Charge()), RefusalReason.InternalFault, "INTERNAL_FAULT");

    [Fact]
    public async Task Caller_Leaves_IsCancelledAndRecorded()
    {
        using var caller = new CancellationTokenSource();
        _scene.Source.OnRead = caller.Cancel;
        _scene.Source.Fault = new OperationCanceledException(caller.Token);

        (await _scene.RefusedWhenCancelledAsync(_scene.Open(ExchangeScene.GetShipment), s_get, caller.Token)).Reason.ShouldBe(RefusalReason.Cancelled);
        _scene.Entries.Single().Refusal.ShouldBe("CANCELLED");
    }

    [Fact]
    public async Task Deadline_Passes_IsDeadlineAndRecorded()
    {
        using var caller = new CancellationTokenSource();
        _scene.Source.OnRead = () =>
        {
            _scene.Clock.Advance(TimeSpan.FromSeconds(2));
            caller.Cancel();
        };
        _scene.Source.Fault = new OperationCanceledException(caller.Token);
        var open = _scene.Open(ExchangeScene.GetShipment, deadline: ExchangeScene.Start.AddSeconds(1));

        (await _scene.RefusedWhenCancelledAsync(open, s_get, caller.Token)).Reason.ShouldBe(RefusalReason.Deadline);
        _scene.Entries.Single().Refusal.ShouldBe("DEADLINE");
    }

    private async Task BreakAsync(Action<ExchangeScene> @break, RefusalReason reason, string? recorded)
    {
        @break(_scene);
        var open = _scene.Open(ExchangeScene.GetShipment);
        (await _scene.RefusedAsync(open, s_get)).Reason.ShouldBe(reason);
        open.Settled.ShouldBeTrue();
        open.Recorded.ShouldBe(recorded is not null);
        _scene.Entries.Select(e => e.Refusal).ShouldBe(recorded is null ? [] : [recorded]);
        _scene.Entries.ShouldAllBe(e => e.Records.Length == 0 && e.Subjects.Length == 0);
    }
}
