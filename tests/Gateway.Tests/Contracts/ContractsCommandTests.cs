using System.Diagnostics;
using Gateway.Contracts;

namespace Gateway.Tests.Contracts;

/// <summary>The command as a user runs it: a process, its output and its exit code.</summary>
public sealed class ContractsCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gateway-command-").FullName;

    public ContractsCommandTests()
    {
        Directory.CreateDirectory(Good);
        DemoContracts.WriteTo(Good);
    }

    private string Good => Path.Combine(_root, "good");

    [Fact]
    public async Task Check_GoodFolder_TellsTheRevisionAndCounts()
    {
        var (code, output, _) = await RunAsync("check", Good);

        code.ShouldBe(0);
        var contracts = DemoContracts.Files.Where(f => f.Name is not ("policy.yaml" or "staff.yaml")).ToArray();
        output.ShouldStartWith(
            $"ok: revision {Gateway.Core.Contracts.Revision.Of(DemoContracts.Files)}, {Purposes("policy.yaml")} purposes, {contracts.Length} contracts, {contracts.Sum(f => Purposes(f.Name))} grants,");

        static int Purposes(string file) => DemoContracts.Text(file).Split("\n  - purpose: ").Length - 1;
    }

    [Fact]
    public async Task Check_BrokenFolder_TellsEveryErrorAndExits3()
    {
        Change("northgate-warehouse.yaml", "window: 30d", "window: 30");
        Change("staff.yaml", "roles: [privacy]", "roles: [privcy]");

        var (code, output, notes) = await RunAsync("check", Good);

        code.ShouldBe(3);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        output.ShouldContain("northgate-warehouse.yaml:35:13: 'window' is '30'");
        output.ShouldContain("'privcy' is not known as 'roles'; did you mean 'privacy'?");
        notes.ShouldContain("2 errors");
    }

    [Fact]
    public async Task Show_Partner_TellsGivenAndWithheld()
    {
        var (code, output, _) = await RunAsync("show", "cedar-payments", "--contracts", Good);

        code.ShouldBe(0);
        var lines = output.Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToArray();
        lines.ShouldContain("email user.contact.email withheld the policy does not allow its category for this purpose", StringComparer.Ordinal);
        lines.ShouldContain(
            "email user.contact.email pseudonym: true see that two payments come from one person without knowing who", StringComparer.Ordinal);
    }

    [Fact]
    public async Task Show_UnknownPartner_Exits3AndNamesThePartners()
    {
        var (code, output, notes) = await RunAsync("show", "nobody", "--contracts", Good);

        (code, output).ShouldBe((3, ""));
        notes.ShouldContain("harbour-carrier");
    }

    [Fact]
    public async Task Show_Revision_PrintsItsExactBytes()
    {
        var revision = await new RevisionStore(Path.Combine(_root, "revisions")).SaveAsync(DemoContracts.Files, TestContext.Current.CancellationToken);

        var (code, output, notes) = await RunAsync("show", "--revision", revision[..10], "--data", _root);

        code.ShouldBe(0);
        output.ShouldBe(string.Concat(Gateway.Core.Contracts.Revision.Parts(DemoContracts.Files).Select(f => DemoContracts.Text(f.Name))));
        notes.ShouldContain(revision);
    }

    [Fact]
    public async Task Diff_RevisionAgainstWiderFolder_TellsWideningFirstAndFailsWhenAsked()
    {
        var revision = await new RevisionStore(Path.Combine(_root, "revisions")).SaveAsync(DemoContracts.Files, TestContext.Current.CancellationToken);
        Change("northgate-warehouse.yaml", "window: 30d", "window: 7d");
        Change("northgate-warehouse.yaml", "because: pick the goods", "because: pick the goods\n      - paths: [lines.title]\n        because: tell the goods apart\n        approved_by: privacy-officer");

        var (code, output, _) = await RunAsync("diff", revision, Good, "--data", _root, "-o", "ndjson");
        var (failing, _, _) = await RunAsync("diff", revision, Good, "--data", _root, "--fail-on-widening");

        (code, failing).ShouldBe((0, 4));
        output.ShouldBe(
            """
            {"kind":"widening","partner":"northgate-warehouse","text":"gains lines.title (user.behavior.purchase_history) under essential.service.fulfillment.warehousing, because tell the goods apart, approved by privacy-officer"}
            {"kind":"narrowing","partner":"northgate-warehouse","text":"has window 7d, before 30d, under essential.service.fulfillment.warehousing"}

            """);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Change(string name, string old, string by)
    {
        var path = Path.Combine(Good, name);
        File.WriteAllText(path, File.ReadAllText(path).Replace(old, by, StringComparison.Ordinal));
    }

    private static async Task<(int Code, string Output, string Notes)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "contracts", .. args])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var notes = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await notes);
    }
}
