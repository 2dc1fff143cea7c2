using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Tests.Running;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Client = Gateway.Protos.Admin.V1.IncidentService.IncidentServiceClient;

namespace Gateway.Tests.Incidents;

public sealed class IncidentRefusalTests
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutThePermission_NothingIsReadOrRecorded()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var before = (await LoggedEntries.ReadAsync(gateway.Settings.Log)).Count;

        (await RefusedAsync(() => ReportAsync(gateway, "operator", Of()))).ShouldBe(StatusCode.PermissionDenied);
        (await RefusedAsync(() => CustomersAsync(gateway, "operator", "why"))).ShouldBe(StatusCode.PermissionDenied);
        (await RefusedAsync(() => CustomersAsync(gateway, "security-analyst", "why"))).ShouldBe(StatusCode.PermissionDenied);

        (await LoggedEntries.ReadAsync(gateway.Settings.Log)).Count.ShouldBe(before);
    }

    [Fact]
    public async Task Malformed_TellsWhatToWriteAndRepeatsNoValue()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var (since, until) = (Of().Since, Of().Until);
        Incident?[] malformed =
        [
            null, new(), new() { Partner = "Jane" }, new() { Partner = "Jane", Since = until, Until = since },
            new() { Key = "Jane", Since = since, Until = until }, new() { Partner = "", Since = since, Until = until }, new() { Since = since, Until = until },
        ];

        foreach (var incident in malformed)
        {
            var refused = await Should.ThrowAsync<RpcException>(() => ReportAsync(gateway, "security-analyst", incident));
            refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            refused.Status.Detail.ShouldNotContain("Jane");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("two\nlines")]
    public async Task Customers_WithoutAProperReason_AreNotNamed(string reason)
    {
        await using var gateway = await RunningGateway.StartAsync();

        (await RefusedAsync(() => CustomersAsync(gateway, "privacy-officer", reason))).ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task NotRecorded_IsNotAnswered()
    {
        await using var gateway = await RunningGateway.StartAsync(services => services.AddSingleton<IDisclosureLog>(
            p => new DeafToStaff(p.GetRequiredService<SqliteDisclosureLog>())));

        (await RefusedAsync(() => ReportAsync(gateway, "security-analyst", Of()))).ShouldBe(StatusCode.Unavailable);
        (await RefusedAsync(() => CustomersAsync(gateway, "privacy-officer", "why"))).ShouldBe(StatusCode.Unavailable);
    }

    private static async Task<StatusCode> RefusedAsync(Func<Task> call) => (await Should.ThrowAsync<RpcException>(call)).StatusCode;

    private static async Task ReportAsync(RunningGateway gateway, string person, Incident? incident)
    {
        using var channel = gateway.AsStaff(person);
        await new Client(channel).GetReportAsync(new GetReportRequest { Incident = incident }, cancellationToken: Cancellation);
    }

    private static async Task CustomersAsync(RunningGateway gateway, string person, string reason)
    {
        using var channel = gateway.AsStaff(person);
        using var call = new Client(channel).ListCustomers(new ListCustomersRequest { Incident = Of(), Reason = reason }, cancellationToken: Cancellation);
        await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }

    private static Incident Of() => new()
    {
        Partner = "northgate-warehouse", Since = Timestamp.FromDateTimeOffset(s_now.AddHours(-1)), Until = Timestamp.FromDateTimeOffset(s_now.AddHours(1)),
    };

    /// <summary>A log that takes everything but incidents.</summary>
    private sealed class DeafToStaff(SqliteDisclosureLog log) : IDisclosureLog
    {
        public ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope) =>
            Protos.Log.V1.Entry.Parser.ParseFrom(leaf.Span).Administration?.Action.StartsWith("incident.", StringComparison.Ordinal) == true
                ? throw new LogUnavailableException("told to be")
                : log.AppendAsync(leaf, scope);
    }
}
