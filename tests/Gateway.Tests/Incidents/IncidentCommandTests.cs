using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Gateway.Commands.Incident;
using Gateway.Tests.Running;

namespace Gateway.Tests.Incidents;

/// <summary>The command as a user runs it: a process, its output and its exit code.</summary>
public sealed class IncidentCommandTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;
    private CallJournal _journal = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync();
        _journal = new CallJournal(_gateway, "northgate-warehouse");
        await _journal.FillAsync();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Report_Json_HasTheNumbersAndTheNames()
    {
        var (code, output, _) = await RunAsync(
            "--partner", "northgate-warehouse", "--between", Hours, "-o", "json", "--as", "privacy-officer", "--reidentify", "--reason", "Art. 34");

        code.ShouldBe(0);
        using var json = JsonDocument.Parse(output);
        var report = json.RootElement;
        report.GetProperty("partner").GetString().ShouldBe("northgate-warehouse");
        report.GetProperty("key").ValueKind.ShouldBe(JsonValueKind.Null);
        report.GetProperty("customers").GetInt64().ShouldBe((await _journal.CustomersAsync()).Count);
        report.GetProperty("recordsReleased").GetInt64().ShouldBe(_journal.RecordsReleased);
        report.GetProperty("refusals").GetInt64().ShouldBe(_journal.Refused);
        report.GetProperty("latestDeleteBy").GetDateTimeOffset().ShouldBe(_journal.DeleteBy);
        report.GetProperty("categories").EnumerateArray().Select(c => c.GetProperty("category").GetString()).ShouldContain("user.contact.address.street", StringComparer.Ordinal);
        foreach (var list in (string[])["uses", "addresses", "keys", "partners"])
        {
            report.GetProperty(list).GetArrayLength().ShouldBePositive(list);
        }

        var named = report.GetProperty("named");
        named.GetProperty("reason").GetString().ShouldBe("Art. 34");
        named.GetProperty("customers").EnumerateArray().Select(c => c.GetProperty("subjectId").GetString()!)
            .ShouldBe((await _journal.CustomersAsync()).Keys, ignoreOrder: true);
    }

    [Fact]
    public async Task Report_Html_IsAPageWithoutScriptsOrNames()
    {
        var (code, output, _) = await RunAsync("--partner", "northgate-warehouse", "--between", Hours, "-o", "html");

        code.ShouldBe(0);
        output.ShouldStartWith("<!DOCTYPE html>");
        output.ShouldContain("Art. 33(3)(d)");
        output.ShouldContain("Northgate Fulfilment Ltd");
        output.ShouldNotContain("<script");
        output.ShouldNotContain("http://");
        (await _journal.CustomersAsync()).Keys.ShouldAllBe(c => !output.Contains(c, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_Table_TellsTheKey()
    {
        var (code, output, _) = await RunAsync("--partner", "northgate-warehouse", "--between", Hours);

        code.ShouldBe(0);
        output.ShouldContain("Source addresses");
        output.ShouldContain("sha256:");
        output.ShouldContain(_journal.RecordsReleased.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Report_OfNoCallAtAll_AsksWhetherItIsMisspelt()
    {
        (await RunAsync("--partner", "nobody", "--between", Hours)).Notes.ShouldContain("misspelt");
        (await RunAsync("--partner", "northgate-warehouse", "--between", Hours)).Notes.ShouldNotContain("misspelt");
    }

    [Fact]
    public async Task Report_NamesAskedForByTheSecurityTeam_IsRefused()
    {
        var (code, output, notes) = await RunAsync(
            "--partner", "northgate-warehouse", "--between", Hours, "--as", "security-analyst", "--reidentify", "--reason", "why");

        code.ShouldBe(7);
        output.ShouldBeEmpty();
        notes.ShouldContain("role privacy");
    }

    [Theory]
    [InlineData("--between", "2026-03-01,2026-03-08")]
    [InlineData("--partner", "p", "--key", "k", "--between", "2026-03-01,2026-03-08")]
    [InlineData("--partner", "p")]
    [InlineData("--partner", "p", "--between", "2026-03-08,2026-03-01")]
    [InlineData("--partner", "p", "--between", "2026-03-01,2026-03-08", "--reidentify")]
    [InlineData("--partner", "p", "--between", "2026-03-01,2026-03-08", "--reason", "why")]
    public void Report_NotWellFormed_IsAUsageError(params string[] arguments) => ReportCommand.Create().Parse(arguments).Errors.ShouldNotBeEmpty();

    [Fact]
    public void Page_TextFromElsewhere_IsEscaped()
    {
        var now = TimeProvider.System.GetUtcNow();
        const string hostile = "<script>alert('1')</script>";
        var page = ReportPage.Of(new IncidentReport
        {
            Key = null, Partner = hostile, Since = now, Until = now, Made = now, SearchedFrom = 9, IndexedUntil = 1, EntriesBehind = 3, First = null, Last = now,
            Customers = 1, Records = 1, AtLeast = true, RecordsReleased = 1, Answers = 1, EmptyAnswers = 0, Refusals = 0, AnswersFromOthers = 0,
            Categories = [new(hostile, true, [new(hostile, hostile, true, 1, 1)])], Uses = [new(hostile, hostile, hostile, hostile, 1, 1, now, now, null)],
            Addresses = [new(hostile, 1, now, now)], Keys = [new(hostile, 1, now, now)], LatestDeleteBy = null, RecordsWithoutDeleteBy = 0,
            Partners = [new(hostile, hostile, hostile, hostile, hostile, hostile, hostile)], Measures = [new(now, hostile, hostile, hostile)],
            Named = new(hostile, 1, 1, 1, true, [new(hostile, hostile, 1, now, now), new(null, hostile, 1, now, now)]),
        });

        page.ShouldNotContain("<script");
        page.ShouldContain(WebUtility.HtmlEncode(hostile));
        page.ShouldContain("at least 1");
        page.ShouldContain("SENSITIVE");
        page.ShouldContain("from entry 9: older ones were archived");
        page.ShouldContain("The newest 3 entries are missing");
    }

    private static string Hours
    {
        get
        {
            var now = TimeProvider.System.GetUtcNow();
            return string.Create(CultureInfo.InvariantCulture, $"{now.AddHours(-1):O},{now.AddHours(1):O}");
        }
    }

    private async Task<(int Code, string Output, string Notes)> RunAsync(params string[] arguments)
    {
        string[] all =
        [
            Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "incident", "report", "--certs", _gateway.Settings.Certificates.FullName,
            "--gateway", $"localhost:{_gateway.Staff}", .. arguments,
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", all)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        var notes = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await notes);
    }
}
