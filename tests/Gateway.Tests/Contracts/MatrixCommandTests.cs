using System.Text.Json;
using Gateway.Configuration;
using Gateway.Demo.Shop;
using Gateway.Protos.Admin.V1;
using Gateway.Tests.LogTree;
using Gateway.Tests.Running;
using Grpc.Core;

namespace Gateway.Tests.Contracts;

/// <summary>The access matrix of a gateway that serves, and of a folder alone.</summary>
public sealed class MatrixCommandTests : IAsyncLifetime
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private RunningGateway _gateway = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task GetMatrix_AfterOneCall_TellsUsedAndNeverUsedApart()
    {
        using var partner = _gateway.As("northgate-warehouse");
        await partner.GetShipment(DemoShop.SampleOrder.OrderId);

        using var staff = _gateway.AsStaff("privacy-officer");
        var matrix = await new AccessService.AccessServiceClient(staff).GetMatrixAsync(new GetMatrixRequest(), cancellationToken: Stop);

        matrix.EntriesBehind.ShouldBe(0);
        matrix.LogBegins.ShouldNotBeNull();
        matrix.Accesses.Where(a => a.Partner == "northgate-warehouse").ShouldAllBe(a => a.Answers == 1 && a.Granted.Count == a.Released.Count);
        matrix.Accesses.Where(a => a.Partner != "northgate-warehouse").ShouldAllBe(a => a.Answers == 0 && a.Granted.Count > 0);
        (await LoggedEntries.ReadAsync(_settings.Data.Log)).ShouldContain(e =>
            e.Administration != null && e.Administration.Action == "access.matrix" && e.Administration.Actor == "privacy-officer");
    }

    [Theory]
    [InlineData("security-analyst")]
    [InlineData("operator")]
    [InlineData("legal-counsel")]
    public async Task GetMatrix_WhoMayNotReadBothContractsAndLog_IsRefused(string person)
    {
        using var staff = _gateway.AsStaff(person);

        var refused = await Should.ThrowAsync<RpcException>(
            () => new AccessService.AccessServiceClient(staff).GetMatrixAsync(new GetMatrixRequest(), cancellationToken: Stop).ResponseAsync);

        refused.StatusCode.ShouldBe(StatusCode.PermissionDenied);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(367)]
    public async Task GetMatrix_DaysOutOfRange_IsInvalid(int days)
    {
        using var staff = _gateway.AsStaff("privacy-officer");

        var refused = await Should.ThrowAsync<RpcException>(
            () => new AccessService.AccessServiceClient(staff).GetMatrixAsync(new GetMatrixRequest { Days = days }, cancellationToken: Stop).ResponseAsync);

        refused.StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Matrix_FromTheGateway_PrintsStateAndFromAFolderSaysUseIsNotKnown()
    {
        using var partner = _gateway.As("southgate-warehouse");
        (await PartnerAsks.ReasonAsync(partner.GetShipment(DemoShop.SampleOrder.OrderId))).ShouldBe("RECORD_NOT_AVAILABLE");

        var (code, output, notes) = await GatewayCommand.RunAsync(
            "contracts", "matrix", "--gateway", $"localhost:{_gateway.Staff}", "--certs", _settings.Certificates.FullName, "-o", "ndjson", "--unused");
        var (offline, rows, told) = await GatewayCommand.RunAsync("contracts", "matrix", "--contracts", _settings.Contracts.FullName, "-o", "csv");

        (code, offline).ShouldBe((0, 0));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        lines.ShouldAllBe(l => l.GetProperty("state").GetString() == "granted, never used");
        lines.ShouldContain(l => l.GetProperty("partner").GetString() == "cedar-payments");
        notes.ShouldContain("used since");
        rows.ShouldStartWith("\"partner\",\"purpose\",\"record\",\"category\"");
        rows.ShouldContain("\"user.content SENSITIVE\",\"gift_message\",\"\",\"\",\"granted, use not known\"");
        told.ShouldContain("What is used is not known");
    }
}
