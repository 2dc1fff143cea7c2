using System.Globalization;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Tests.LogTree;
using Gateway.Tests.Running;

namespace Gateway.Tests.Legal;

/// <summary>The commands as counsel and the privacy officer run them: processes, their output and exit codes.</summary>
public sealed class LegalCommandTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly SealedFor _court = new();

    public void Dispose()
    {
        _court.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task OpenApproveReleaseReport_OneAfterTheOther_SayWhatTheyDid()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var file = await WriteAsync(scene.CaseFile(more: $"notice: {{ until: {scene.Day(20)}, basis: section 12 }}"));
        var (code, data, notes) = await RunAsync(scene, "open", "--file", file, "--check");
        code.ShouldBe(0, notes);
        notes.ShouldContain("no case was opened");
        (await RunAsync(scene, "list", "-o", "ndjson")).Data.ShouldBeEmpty();

        (code, data, notes) = await RunAsync(scene, "open", "--file", file, "-o", "ndjson");
        code.ShouldBe(0, notes);
        var id = JsonDocument.Parse(data).RootElement.GetProperty("id").GetString()!;
        notes.ShouldContain($"gateway legal approve {id}");

        (code, _, notes) = await RunAsync(scene, "release", id, "--passphrase", "--out", Out("early"));
        (code, notes.Contains("not approved", StringComparison.Ordinal)).ShouldBe((7, true));
        File.Exists(Out("early")).ShouldBeFalse();
        (await RunAsync(scene, "approve", id, "--as", "legal-counsel")).Code.ShouldBe(0);
        (code, _, notes) = await RunAsync(scene, "approve", id, "--as", "legal-counsel");
        (code, notes.Contains("same person", StringComparison.Ordinal)).ShouldBe((7, true));
        (code, data, _) = await RunAsync(scene, "approve", id);
        code.ShouldBe(0);
        data.ShouldContain("2 of 2");

        (code, data, notes) = await RunAsync(scene, "release", id, "--certificate", _court.CertificatePath, "--out", Out("case.p7m"));
        code.ShouldBe(0, notes);
        data.ShouldContain("records of " + id);
        (await _court.OpenAsync(await File.ReadAllBytesAsync(Out("case.p7m"), TestContext.Current.CancellationToken))).ShouldContain(scene.Orders[0].Id);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Out("case.p7m")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await RunAsync(scene, "release", id, "--passphrase", "--out", Out("case.p7m"))).Code.ShouldBe(2);
        (code, data, notes) = await RunAsync(scene, "release", id, "--passphrase", "--out", Out("again.p7m"));
        code.ShouldBe(0);
        data.ShouldNotContain("passphrase: ");
        var passphrase = notes.Split("passphrase: ")[1].Split(' ')[0];
        (await _court.OpenAsync(await File.ReadAllBytesAsync(Out("again.p7m"), TestContext.Current.CancellationToken), "-pwri_password", passphrase)).ShouldContain(id);

        (code, data, notes) = await RunAsync(scene, "report", "--year", scene.Clock.GetUtcNow().Year.ToString(CultureInfo.InvariantCulture), "-o", "json");
        code.ShouldBe(0, notes);
        var row = JsonDocument.Parse(data).RootElement[0];
        row.GetProperty("ground").GetString().ShouldBe("legal_process");
        row.GetProperty("opened").GetInt32().ShouldBe(1);
        row.GetProperty("delayed").GetInt32().ShouldBe(1);
        row.GetProperty("refused").GetInt32().ShouldBe(2);
        row.GetProperty("releases").GetInt32().ShouldBe(2);
        await ShouldBeShownByTheLogAsync(scene, id);

        (code, data, _) = await RunAsync(scene, "extend", id, "--until", scene.Day(40), "--basis", "section 13");
        code.ShouldBe(0);
        data.ShouldContain("0 of 2 approvals");
        (await RunAsync(scene, "approve", id, "--notice-until", scene.Day(41))).Code.ShouldBe(7);
        (await RunAsync(scene, "approve", id, "--notice-until", scene.Day(40))).Code.ShouldBe(0);
        (await RunAsync(scene, "close", id, "--reason", "done")).Code.ShouldBe(0);
        (code, data, _) = await RunAsync(scene, "show", id);
        code.ShouldBe(0);
        data.ShouldContain("(closed)");
        data.ShouldContain(scene.Customer);
        (await RunAsync(scene, "show", "legal-2026-00000000")).Code.ShouldBe(4);
        (await RunAsync(scene, "list", "--as", "operator")).Code.ShouldBe(7);
    }

    [Fact]
    public async Task Open_FileWithErrors_TellsEachAtItsPlaceAndOpensNothing()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var file = await WriteAsync(scene.CaseFile().Replace("country: GB", "country: US", StringComparison.Ordinal)
            .Replace("address.postal_code", "address", StringComparison.Ordinal).Replace("ground: legal_process", "ground: leagl_process", StringComparison.Ordinal));

        var (code, data, notes) = await RunAsync(scene, "open", "--file", file);

        code.ShouldBe(3);
        data.ShouldContain("case.yaml:1:9: 'leagl_process' is not known as 'ground'; did you mean 'legal_process'?");
        data.ShouldContain("case.yaml:2:64: US is outside the policy's area");
        data.ShouldContain("case.yaml:8:39: address is a message");
        data.ShouldContain("address.postal_code");
        notes.ShouldContain("3 errors; no case was opened");
        (await RunAsync(scene, "list", "-o", "ndjson")).Data.ShouldBeEmpty();
    }

    [Fact]
    public async Task Urgent_ApprovedByOne_IsReviewedByAnother()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var id = (await scene.OpenAsync(scene.CaseFile("urgent_safety"))).Id;

        var (code, _, notes) = await RunAsync(scene, "approve", id, "--as", "legal-counsel");
        code.ShouldBe(0);
        notes.ShouldContain("must review it by");
        (await RunAsync(scene, "review", id, "--outcome", "confirmed", "--reason", "seen", "--as", "legal-counsel")).Code.ShouldBe(7);
        (code, var data, _) = await RunAsync(scene, "review", id, "--outcome", "wrong", "--reason", "nobody was in danger");
        code.ShouldBe(0);
        data.ShouldContain("wrong by privacy-officer");
    }

    private async Task ShouldBeShownByTheLogAsync(LegalScene scene, string id)
    {
        string[] staff = ["--certs", _settings.Certificates.FullName, "--gateway", Address(scene), "--as", "privacy-officer"];
        var (code, data, notes) = await GatewayCommand.RunAsync(["log", "query", "--partner", "_LEGAL", "-o", "ndjson", .. staff]);
        code.ShouldBe(0, notes);
        using var first = JsonDocument.Parse(data.Split('\n')[0]);
        first.RootElement.GetProperty("legalCase").GetString().ShouldBe(id);
        (code, data, notes) = await GatewayCommand.RunAsync(["log", "show", first.RootElement.GetProperty("receipt").GetString()!, .. staff]);
        code.ShouldBe(0, notes);
        data.ShouldContain(id);
        (code, data, notes) = await GatewayCommand.RunAsync(["log", "forget", scene.Customer, "--dry-run", .. staff]);
        code.ShouldBe(0, notes);
        data.ShouldContain("Crown Court at Leeds");
        (code, data, notes) = await GatewayCommand.RunAsync(
            ["incident", "report", "--partner", "_LEGAL", "--between", $"{scene.Day(-1)},{scene.Day(1)}", "-o", "json", .. staff]);
        code.ShouldBe(0, notes);
        data.ShouldContain("LegalService/Release");
    }

    private string Out(string name) => Path.Combine(_settings.Data.Root, name);

    private async Task<string> WriteAsync(string text)
    {
        var path = Out("case.yaml");
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private async Task<(int Code, string Data, string Notes)> RunAsync(LegalScene scene, string verb, params string[] args) =>
        await GatewayCommand.RunAsync(["legal", verb, .. args, "--certs", _settings.Certificates.FullName, "--gateway", Address(scene)]);

    private static string Address(LegalScene scene) => string.Create(CultureInfo.InvariantCulture, $"localhost:{scene.Gateway.Staff}");
}
