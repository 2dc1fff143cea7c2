using System.Diagnostics.CodeAnalysis;
using Gateway.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

public sealed partial class LoggingTests
{
    [Fact]
    public async Task Trace_TurnedUpForEveryCategoryAndProvider_StillHidesWhatPartnersSend()
    {
        await using var server = await TelemetryServer.StartAsync(
            _ => Task.CompletedTask,
            [
                KeyValuePair.Create<string, string?>("Logging:LogLevel:Default", "Trace"),
                KeyValuePair.Create<string, string?>("Logging:LogLevel:Microsoft.AspNetCore", "Trace"),
                KeyValuePair.Create<string, string?>("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Trace"),
                KeyValuePair.Create<string, string?>("Logging:LogLevel:Microsoft.AspNetCore.Routing.EndpointMiddleware", "Trace"),
            ]);
        var cancel = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/call/canary-path?q=canary-query");
        request.Headers.Add("x-canary", "canary-header");
        (await server.Client.SendAsync(request, cancel)).EnsureSuccessStatusCode();
        (await server.Client.GetAsync("/nowhere/canary-unknown", cancel)).IsSuccessStatusCode.ShouldBeFalse();

        server.Logs.Entries.ShouldContain(e => e.Level < LogLevel.Information, "Trace is on for what may be shown");
        server.Logs.AllText.ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Routing")]
    [InlineData("Logging:Captured:LogLevel:Default")]
    [InlineData("Logging:Captured:LogLevel:Microsoft.AspNetCore.Routing")]
    [InlineData("Logging:Captured:LogLevel:*.Routing")]
    public void Cap_ARuleMoreSpecificThanIt_DoesNotLiftIt(string setting)
    {
        using var services = Services(out var logs, KeyValuePair.Create<string, string?>(setting, "Trace"));
        var factory = services.GetRequiredService<ILoggerFactory>();

        var routing = factory.CreateLogger("Microsoft.AspNetCore.Routing");
        var grpc = factory.CreateLogger("Grpc.AspNetCore.Server");

        Log.Anything(routing);
        Log.Anything(grpc);
        Log.Serious(routing);

        logs.Entries.Select(e => e.Level).ShouldBe([LogLevel.Warning]);
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore", LogLevel.Warning, true)]
    [InlineData("microsoft.aspnetcore.routing", LogLevel.Debug, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics2", LogLevel.Warning, true)]
    [InlineData("Grpc.Net.Client.Internal", LogLevel.Information, false)]
    [InlineData("GrpcOfOurs", LogLevel.Trace, true)]
    [InlineData("Gateway.Anything", LogLevel.Trace, true)]
    [InlineData("Microsoft.Hosting.Lifetime", LogLevel.Information, false)]
    [InlineData("Microsoft.Hosting.Lifetime", LogLevel.Warning, true)]
    public void Cap_EachCategory_AllowsFromItsLevelOn(string category, LogLevel level, bool allowed) =>
        CategoryCap.Allows(category, level).ShouldBe(allowed);

    [Fact]
    public void Redaction_ClassifiedParameters_AreErasedAndOthersKept()
    {
        using var services = Services(out var logs);
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Test");

        Log.Classified(logger, "canary-name", "canary-header", "order");

        logs.Entries.ShouldHaveSingleItem().Message.ShouldBe("name '' header '' kept order");
        logs.AllText.ShouldNotContain("canary");
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The provider is disposed by the container.")]
    private static ServiceProvider Services(out CapturedLogs logs, params KeyValuePair<string, string?>[] settings)
    {
        var captured = logs = new CapturedLogs();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection()
            .AddLogging(l => l.AddConfiguration(configuration.GetSection("Logging")).AddGatewayLogging(LogFormat.Plain).AddProvider(captured))
            .BuildServiceProvider();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 9001, EventName = "TestAnything", Level = LogLevel.Information, Message = "anything")]
        public static partial void Anything(ILogger logger);

        [LoggerMessage(EventId = 9002, EventName = "TestSerious", Level = LogLevel.Warning, Message = "serious")]
        public static partial void Serious(ILogger logger);

        [LoggerMessage(EventId = 9003, EventName = "TestClassified", Level = LogLevel.Information, Message = "name '{Name}' header '{Header}' kept {Kept}")]
        public static partial void Classified(ILogger logger, [PersonalData] string name, [PartnerInput] string header, string kept);
    }
}
