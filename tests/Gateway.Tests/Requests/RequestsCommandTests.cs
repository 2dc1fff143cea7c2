using System.Globalization;
using System.Text.Json;
using Gateway.Configuration;
using Gateway.Requests;
using Gateway.Tests.LogTree;
using Gateway.Tests.Running;

namespace Gateway.Tests.Requests;

/// <summary>The commands as the privacy officer runs them: processes, their output and exit codes.</summary>
public sealed class RequestsCommandTests : IDisposable
{
    private const string Words = "my street is Quillfeather Lane 7";

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task OpenListShowExtendResolve_OneAfterTheOther_SayWhatTheyDid()
    {
        await using var scene = await RequestScene.StartAsync(_settings);
        await scene.ShipAsync();
        string[] correction = [RequestScene.Order.CustomerId, "--record", "Shipment", "--fields", "address.street, recipient_name", "--words", Words];

        var (code, data, notes) = await RunAsync(scene, "requests", "list");
        code.ShouldBe(0, notes);
        notes.ShouldContain("There are no such requests.");
        (code, data, notes) = await RunAsync(scene, "requests", ["open", .. correction, "-o", "ndjson"]);
        code.ShouldBe(0, notes);
        var id = Json(data).GetProperty("id").GetString()!;

        (code, data, notes) = await RunAsync(scene, "requests", "list", "-o", "ndjson");
        code.ShouldBe(0, notes);
        Json(data).GetProperty("id").GetString().ShouldBe(id);
        Json(data).GetProperty("fields").EnumerateArray().Select(f => f.GetString()).ShouldBe(["recipient_name", "address.street"], ignoreOrder: true);
        data.ShouldNotContain(RequestScene.Order.CustomerId);
        data.ShouldNotContain("Quillfeather");
        (code, data, notes) = await RunAsync(scene, "requests", "show", id);
        code.ShouldBe(0, notes);
        data.ShouldContain($"customer: {RequestScene.Order.CustomerId}");
        data.ShouldContain(Words);
        (code, data, notes) = await RunAsync(scene, "requests", "extend", id, "--reason", "many orders", "--months", "1", "-o", "ndjson");
        code.ShouldBe(0, notes);
        Json(data).GetProperty("extension").GetString().ShouldBe("many orders");

        (code, data, notes) = await RunAsync(scene, "requests", "resolve", id, "--outcome", "done", "--reason", "corrected as asked", "-o", "ndjson");
        code.ShouldBe(0, notes);
        Json(data).GetProperty("recipients")[0].GetString().ShouldBe(RequestScene.Northgate);
        Json(data).GetProperty("notices").GetInt32().ShouldBe(1);
        notes.ShouldContain($"1 notices for {RequestScene.Northgate}");
        (code, data, notes) = await RunAsync(scene, "requests", "show", id, "-o", "json");
        code.ShouldBe(0, notes);
        var shown = Json(data) is { ValueKind: JsonValueKind.Array } rows ? rows[0] : Json(data);
        shown.GetProperty("request").GetProperty("state").GetString().ShouldBe("done");
        (shown.GetProperty("subjectId").GetString(), shown.GetProperty("words").GetString()).ShouldBe(("", ""));
        (await RunAsync(scene, "requests", "show", id)).Notes.ShouldContain("wiped");
        (await RunAsync(scene, "requests", "list", "-o", "ndjson")).Data.ShouldBeEmpty();
        (await RunAsync(scene, "requests", "list", "--all")).Data.ShouldContain(id[..8]);
        (await RunAsync(scene, "requests", "list", "--overdue")).Notes.ShouldContain("No request is overdue.");
        (code, data, _) = await RunAsync(scene, "requests", "resolve", id, "--outcome", "done", "--reason", "again");
        (code, data).ShouldBe((7, ""));
    }

    [Fact]
    public async Task AnyVerb_WrongOrUnknown_EndsWithItsExitCodeAndChangesNothing()
    {
        await using var scene = await RequestScene.StartAsync(_settings);
        var unknown = Guid.CreateVersion7().ToString("D");
        (int Code, string[] Arguments)[] wrong =
        [
            (4, ["show", unknown]),
            (4, ["extend", unknown, "--reason", "x"]),
            (4, ["resolve", unknown, "--outcome", "refused", "--reason", "x"]),
            (2, ["show", "no-id"]),
            (2, ["resolve", unknown, "--outcome", "perhaps", "--reason", "x"]),
            (2, ["resolve", unknown, "--outcome", "done"]),
            (2, ["extend", unknown, "--reason", "x", "--months", "3"]),
            (2, ["open", "C-1"]),
            (2, ["open", "C-1", "--erasure", "--record", "Shipment", "--fields", "address"]),
            (2, ["open", "C-1", "--record", "Shipment"]),
            (2, ["open", "C-1", "--record", "Shipment", "--fields", "adress"]),
            (7, ["open", "C-1", "--erasure", "--as", "operator"]),
            (7, ["list", "--as", "operator"]),
        ];

        foreach (var (expected, arguments) in wrong)
        {
            var (code, data, notes) = await RunAsync(scene, "requests", arguments);
            code.ShouldBe(expected, $"{string.Join(' ', arguments)}: {notes}");
            notes.ShouldNotBeEmpty();
            data.ShouldNotContain(unknown);
        }

        (await GatewayCommand.RunAsync(["requests", "list", "--certs", _settings.Certificates.FullName, "--gateway", "localhost:1"])).ExitCode.ShouldBe(6);
        (await scene.ActsAsync(RequestActs.Open)).ShouldBeEmpty();
    }

    [Fact]
    public async Task OverdueConfirmChecklist_PastDeleteBy_SayWhatIsOwedAndByWhom()
    {
        var clock = new ShiftedClock();
        await using var scene = await RequestScene.StartAsync(_settings, clock);
        var shipped = await scene.ShipAsync();
        var (code, data, notes) = await RunAsync(scene, "contracts", "overdue");
        (code, data).ShouldBe((0, ""), notes);
        notes.ShouldContain("Nothing is overdue.");

        clock.PutForward(shipped.DeleteBy.ToDateTimeOffset() - clock.GetUtcNow() + TimeSpan.FromDays(1));
        (code, data, notes) = await RunAsync(scene, "contracts", "overdue", "--partner", RequestScene.Northgate, "-o", "ndjson");
        code.ShouldBe(0, notes);
        var owed = Json(data).GetProperty("owed")[0];
        (owed.GetProperty("partner").GetString(), owed.GetProperty("releases").GetInt64()).ShouldBe((RequestScene.Northgate, 1L));
        owed.GetProperty("privacyContact").GetString().ShouldNotBeNullOrEmpty();
        (await RunAsync(scene, "contracts", "overdue", "--partner", RequestScene.Harbour)).Data.ShouldBeEmpty();
        (code, data, notes) = await RunAsync(scene, "contracts", "checklist", RequestScene.Northgate);
        code.ShouldBe(0, notes);
        data.ShouldContain("[ ] all that was released");
        data.ShouldContain("gateway certs revoke sha256:");

        var before = clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string[] confirm = ["confirm", RequestScene.Northgate, "--before", before, "--reason", "letter, file 17"];
        (code, data, notes) = await RunAsync(scene, "contracts", confirm);
        code.ShouldBe(0, notes);
        data.ShouldContain("1 releases with 1 records confirmed; receipt ");
        (await RunAsync(scene, "contracts", confirm)).Data.ShouldContain("nothing was open");
        (await RunAsync(scene, "contracts", "overdue", "--partner", RequestScene.Northgate)).Data.ShouldBeEmpty();
        (await RunAsync(scene, "contracts", "checklist", RequestScene.Northgate)).Data.ShouldContain("[x] all that was released");

        (int Code, string[] Arguments)[] wrong =
        [
            (4, ["checklist", "no-such-partner"]),
            (4, ["confirm", "no-such-partner", "--before", before, "--reason", "x"]),
            (4, [.. confirm, "--purpose", "no.such.purpose"]),
            (2, ["confirm", RequestScene.Northgate, "--before", "yesteryear", "--reason", "x"]),
            (2, ["confirm", RequestScene.Northgate, "--before", "2999-01-01", "--reason", "x"]),
            (2, ["confirm", RequestScene.Northgate, "--before", before]),
            (2, ["overdue", "--notice-days", "-1"]),
            (7, ["overdue", "--as", "operator"]),
        ];
        foreach (var (expected, arguments) in wrong)
        {
            (code, data, notes) = await RunAsync(scene, "contracts", arguments);
            code.ShouldBe(expected, $"{string.Join(' ', arguments)}: {notes}");
            data.ShouldNotContain("confirmed;");
        }
    }

    private static JsonElement Json(string data)
    {
        using var document = JsonDocument.Parse(data);
        return document.RootElement.Clone();
    }

    private async Task<(int Code, string Data, string Notes)> RunAsync(RequestScene scene, string noun, params string[] arguments) =>
        await GatewayCommand.RunAsync([
            noun, .. arguments, "--certs", _settings.Certificates.FullName,
            "--gateway", string.Create(CultureInfo.InvariantCulture, $"localhost:{scene.Gateway.Staff}")]);
}
