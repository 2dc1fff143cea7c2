using Gateway.Calls;
using Gateway.Commands.Partner.Pack;
using Gateway.Core.Contracts;
using Gateway.Tests.Contracts;
using Gateway.Tests.Running;

namespace Gateway.Tests.Packs;

/// <summary>What a pack holds does run: its protos compile alone, its samples call a gateway that serves.</summary>
public sealed class PackSamplesTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("gateway-pack-").FullName;
    private RunningGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await RunningGateway.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    public static TheoryData<string> Partners() => new(SnapshotCompiler.Compile(DemoContracts.Files, PartnerServices.Catalogue, TimeProvider.System.GetUtcNow())
        .Snapshot!.Contracts.Select(c => c.Partner.Id).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Partners))]
    public async Task Protos_OfAPack_CompileOnTheirOwn(string partner)
    {
        var folder = Write(partner);

        var (code, output, notes) = await PackTool.RunAsync(PackTool.Buf, ["build", "-o", "/dev/null"], Path.Combine(folder, "protos"), Variables(partner));

        code.ShouldBe(0, output + notes);
    }

    [Theory]
    [MemberData(nameof(Partners))]
    public async Task NodeSample_AgainstTheGateway_DescribesTheContractAndGetsAnAnswer(string partner)
    {
        var folder = Write(partner);
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), PackTool.Modules);

        var (code, output, notes) = await PackTool.RunAsync("node", ["samples/call.mjs"], folder, Variables(partner));

        code.ShouldBe(0, output + notes);
        output.ShouldContain($"\"partner\": \"{partner}\"");
        if (Snapshot().Contracts.Single(c => c.Partner.Id == partner).Grants.Length > 0)
        {
            output.ShouldContain("\"delete_by\"");
        }
    }

    [Fact]
    public async Task ShellSample_AgainstTheGateway_DescribesTheContractAndGetsAnAnswer()
    {
        var folder = Write("northgate-warehouse");

        var (code, output, notes) = await PackTool.RunAsync("sh", ["samples/call.sh"], folder, Variables("northgate-warehouse"));

        code.ShouldBe(0, output + notes);
        output.ShouldContain("\"partner\": \"northgate-warehouse\"");
        output.ShouldContain("\"deleteBy\"");
    }

    [Fact]
    public async Task ShellSample_OtherCall_IsMadeWithItsPurpose()
    {
        var folder = Write("cedar-payments");

        var (code, output, notes) = await PackTool.RunAsync(
            "sh", ["samples/call.sh", "gateway.payment.v1.PaymentService/ListCharges", """{"page_size": 1}""", "essential.fraud_detection"], folder,
            Variables("cedar-payments"));

        code.ShouldBe(0, output + notes);
        output.ShouldContain("\"purpose\": \"essential.fraud_detection\"");
    }

    private Dictionary<string, string> Variables(string partner) => new(StringComparer.Ordinal)
    {
        ["GATEWAY"] = $"localhost:{_gateway.Partners}",
        ["CERT"] = Path.Combine(_gateway.Settings.Certificates.FullName, $"{partner}.pem"),
        ["KEY"] = Path.Combine(_gateway.Settings.Certificates.FullName, $"{partner}.key"),
        ["BUF"] = PackTool.Buf,
        ["BUF_CACHE_DIR"] = Path.Combine(_root, "buf-cache"),
    };

    private string Write(string partner)
    {
        var snapshot = Snapshot();
        var pack = PackCommand.Files(
            snapshot.Contracts.Single(c => c.Partner.Id == partner), snapshot.Revision, PackCommand.Trusted(_gateway.Settings.Certificates));
        var folder = Directory.CreateDirectory(Path.Combine(_root, partner)).FullName;
        foreach (var (name, bytes) in pack)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }

        return folder;
    }

    private static Snapshot Snapshot() =>
        SnapshotCompiler.Compile(DemoContracts.Files, PartnerServices.Catalogue, TimeProvider.System.GetUtcNow()).Snapshot.ShouldNotBeNull();
}
