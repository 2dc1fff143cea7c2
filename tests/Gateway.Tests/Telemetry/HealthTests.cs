using System.CommandLine;
using Gateway.Commands;
using Gateway.Commands.Health;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

public sealed class HealthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Response_AFailedCheck_TellsItsDescriptionAndNoExceptionOrData()
    {
        await using var app = await StartAsync(() => HealthCheckResult.Unhealthy(
            "the source does not answer", new InvalidOperationException("Password=secret"), new Dictionary<string, object>(StringComparer.Ordinal) { ["k"] = "secret" }));
        using var client = new HttpClient();

        var answer = await client.GetAsync(app.Urls.Single() + "/readyz", Cancel);

        ((int)answer.StatusCode).ShouldBe(503);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe(
            """{"status":"Unhealthy","checks":[{"name":"source","status":"Unhealthy","detail":"the source does not answer"}]}""");
    }

    [Theory]
    [InlineData(HealthStatus.Healthy, ExitCode.Ok)]
    [InlineData(HealthStatus.Degraded, ExitCode.Ok)]
    [InlineData(HealthStatus.Unhealthy, ExitCode.CheckFailed)]
    public async Task Command_EachStatus_HasItsExitCode(HealthStatus status, int exitCode)
    {
        await using var app = await StartAsync(() => new HealthCheckResult(status, "so it is"));

        (await RunAsync(app.Urls.Single()["http://".Length..])).ShouldBe(exitCode);
    }

    [Fact]
    public async Task Command_NobodyListens_CannotConnect() =>
        (await Should.ThrowAsync<CommandFailure>(() => RunAsync("127.0.0.1:1"))).ExitCode.ShouldBe(ExitCode.CannotConnect);

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task Command_AnswerOfSomethingElse_CannotConnect(string body)
    {
        await using var app = await StartAsync(configure: a => a.MapGet("/healthz", () => Microsoft.AspNetCore.Http.Results.Text(body, "application/json")));

        (await Should.ThrowAsync<CommandFailure>(() => RunAsync(app.Urls.Single()["http://".Length..]))).ExitCode.ShouldBe(ExitCode.CannotConnect);
    }

    private static Task<int> RunAsync(string address) => HealthCommand.Create().Parse(["--gateway", address, "-o", "json"])
        .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Cancel);

    private static Task<WebApplication> StartAsync(Func<HealthCheckResult> check) => StartAsync(
        app =>
        {
            var options = new HealthCheckOptions { ResponseWriter = HealthResponse.WriteAsync };
            app.MapHealthChecks("/healthz", new HealthCheckOptions { ResponseWriter = HealthResponse.WriteAsync, Predicate = _ => false });
            app.MapHealthChecks("/readyz", options);
        },
        check);

    private static async Task<WebApplication> StartAsync(Action<WebApplication> configure, Func<HealthCheckResult>? check = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHealthChecks().AddCheck("source", () => check?.Invoke() ?? HealthCheckResult.Healthy());
        var app = builder.Build();
        configure(app);
        await app.StartAsync(Cancel);
        return app;
    }
}
