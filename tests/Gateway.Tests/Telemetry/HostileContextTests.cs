using System.Diagnostics;
using Gateway.Core.Exchange;
using Gateway.Core.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;

namespace Gateway.Tests.Telemetry;

public sealed class HostileContextTests
{
    private const string TraceParent = "00-aaaabbbbccccddddeeeeffff00001111-aaaabbbbccccdddd-00";

    [Fact]
    public async Task Request_HostileContextAndSamplerTurnedOff_IsTracedUnderARootOfOurOwn()
    {
        ActivityTraceId trace = default;
        Activity? before = null;
        var hasActivityFeature = true;
        var baggage = -1;
        await using var server = await TelemetryServer.StartAsync(
            context =>
            {
                before = Activity.Current;
                hasActivityFeature = context.Features.Get<IHttpActivityFeature>() is not null;
                baggage = Baggage.Current.Count;
                using var call = CallTrace.Start(method: null, context.Request.Headers.TraceParent);
                trace = call.TraceId;
                using (call.Step(Steps.Fetch))
                {
                }

                call.End(RefusalReason.UnknownMethod);
                return Task.CompletedTask;
            },
            [KeyValuePair.Create<string, string?>("OTEL_TRACES_SAMPLER", "always_off")]);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/call/x");
        request.Headers.Add("traceparent", TraceParent);
        request.Headers.Add("tracestate", "evil=1");
        request.Headers.Add("baggage", "evil=1");
        (await server.Client.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        before.ShouldBeNull();
        hasActivityFeature.ShouldBeFalse();
        baggage.ShouldBe(0);
        var spans = server.Telemetry.Spans(server.Services).Where(s => s.TraceId == trace).ToArray();
        spans.Select(s => s.DisplayName).ShouldBe(["fetch", "_OTHER"], ignoreOrder: true);
        var root = spans.Single(s => s.Kind == ActivityKind.Server);
        root.ParentSpanId.ShouldBe(default);
        root.Recorded.ShouldBeTrue();
        root.TraceStateString.ShouldBeNull();
        root.Links.Single().Context.TraceId.ToHexString().ShouldBe("aaaabbbbccccddddeeeeffff00001111");
        server.Telemetry.AllText(server.Services).ShouldNotContain("evil");
    }

    [Fact]
    public async Task Metrics_Scraped_NameOurInstrumentsAndNothingOfTheRequest()
    {
        await using var server = await TelemetryServer.StartAsync(_ =>
        {
            using var call = CallTrace.Start(method: null, traceparent: null);
            call.End(RefusalReason.UnknownMethod);
            return Task.CompletedTask;
        });
        var cancel = TestContext.Current.CancellationToken;
        (await server.Client.GetAsync("/call/evil-path", cancel)).EnsureSuccessStatusCode();

        var text = await server.Client.GetStringAsync("/metrics", cancel);

        text.ShouldContain("rpc_server_call_duration_seconds_bucket");
        text.ShouldContain("gateway_decisions_total");
        text.ShouldContain("gateway_refusal=\"UNKNOWN_METHOD\"");
        text.ShouldContain("service_name=\"gateway\"");
        text.ShouldContain("dotnet_");
        text.ShouldNotContain("evil-path");
        text.ShouldNotContain("http_server");
    }
}
