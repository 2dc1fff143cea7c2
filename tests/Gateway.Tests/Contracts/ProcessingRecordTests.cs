using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Gateway.Commands;
using Gateway.Commands.Contracts.Processing;
using Gateway.Core.Contracts;
using Gateway.Core.Subjects;

namespace Gateway.Tests.Contracts;

/// <summary>The record of processing: all that GDPR Art. 30(1) asks, and no text of a partner's that becomes anything but text.</summary>
public sealed class ProcessingRecordTests
{
    private const string Hostile = "=HYPERLINK(\"http://evil.example\",\"x\")<script>alert('1')</script>";
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Record_OfTheDemo_TellsWhatArticle30Asks()
    {
        var record = Record();

        record.Controller.Name.ShouldBe("Example Books and Music Ltd");
        record.Controller.Officer.ShouldNotBeNull().Contact.ShouldBe("dpo@shop.example");
        record.Controller.Representative.ShouldNotBeNull();
        record.Subjects.ShouldNotBeEmpty();
        record.Security.ShouldNotBeEmpty();
        record.Activities.Count.ShouldBe(Snapshot().Contracts.Sum(c => c.Grants.Length + (c.Statistics is null ? 0 : 1)));
        var counted = record.Activities.Single(a => a is { Recipient: "Prism Statistics Ltd" });
        (counted.Purpose, counted.Basis).ShouldBe(("analytics.reporting.content_performance", "legitimate_interests"));
        counted.Data.Select(d => d.Category).ShouldBe(["user.behavior.browsing_history", "user.behavior.purchase_history", "user.location.coarse"]);
        counted.Data[2].Fields.ShouldBe(["aggregated: visitors by country", "aggregated: newsletter_clicks by country"]);
        counted.Erasure.ShouldStartWith("aggregated figures, never a record");
        var taken = record.Activities.Single(a => a is { Purpose: "essential.service.payment_processing" });
        taken.Recipient.ShouldBe("Cedar Payments Inc");
        (taken.Role, taken.Country, taken.Basis, taken.OutsideArea).ShouldBe(("processor", "US", "contract", true));
        taken.Safeguard.ShouldStartWith("EU-US Data Privacy Framework");
        taken.Erasure.ShouldStartWith("deleted by the recipient within 395 days of each release");
        taken.Data.Single(d => d.Category == "user.financial.credit_card.last4").Fields.ShouldBe(["card_last4"]);
        record.Activities.Where(a => a.Country is "GB" or "NL" or "IE").ShouldAllBe(a => !a.OutsideArea && a.Safeguard.Length == 0);
        record.Activities.SelectMany(a => a.Data).Single(d => d.Sensitive && d.Category == "user.content").Fields.ShouldBe(["gift_message"]);
    }

    [Fact]
    public void Record_SubjectAccess_IsAnActivityOnLegalObligation()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var resource = new StreamReader(typeof(ProcessingRecord).Assembly.GetManifestResourceStream("Demo/AccountSite/account-site.yaml")!);
        var file = new ContractFile("account-site.yaml", Encoding.UTF8.GetBytes(
            resource.ReadToEnd().Replace("ASSERTION_KEY", AssertionKey.TextOf(key), StringComparison.Ordinal)));
        var snapshot = SnapshotCompiler.Compile([.. DemoContracts.Files, file], DemoContracts.Catalogue, s_now).Snapshot.ShouldNotBeNull();

        var access = ProcessingRecord.Of(snapshot, s_now).Activities.Single(a => a.Role == "internal");

        (access.Purpose, access.Basis).ShouldBe(("essential.legal_obligation", "legal_obligation"));
        access.Promise.ShouldStartWith("Access by the data subject");
        access.Data.Single(d => d.Category == "user.content").Fields.ShouldBe(["Shipment.gift_message"]);
        access.Data.ShouldNotContain(d => d.Category == "user.behavior.browsing_history");
    }

    [Theory]
    [InlineData("controller:", "controller")]
    [InlineData("subjects:", "subjects")]
    [InlineData("security:", "security")]
    public void Record_PolicyThatLeavesSomethingOut_IsRefusedNamingIt(string section, string named)
    {
        var policy = DemoContracts.Text(ContractFile.Policy);
        var begin = policy.IndexOf($"\n{section}", StringComparison.Ordinal) + 1;
        var end = begin + 1;
        while (policy[end] == ' ' || policy[end - 1] != '\n')
        {
            end++;
        }

        var failure = Should.Throw<CommandFailure>(() => Record(policy.Remove(begin, end - begin)));

        failure.ExitCode.ShouldBe(ExitCode.InvalidConfiguration);
        failure.Message.ShouldBe($"the policy says nothing of: {named}");
    }

    [Fact]
    public void Page_TextOfOthers_IsEscapedAndThePageIsWellFormed()
    {
        var page = RecordPage.Of(WithHostileTexts());

        page.ShouldNotContain("<script");
        page.ShouldContain(WebUtility.HtmlEncode(Hostile));
        page.ShouldContain("default-src 'none'");
        var body = XDocument.Parse(page[page.IndexOf("<main>", StringComparison.Ordinal)..page.IndexOf("</body>", StringComparison.Ordinal)]
            .Replace("&nbsp;", " ", StringComparison.Ordinal));
        body.Descendants("table").ShouldAllBe(t => t.Element("caption") != null);
        body.Descendants("th").ShouldAllBe(t => t.Attribute("scope") != null);
        body.Descendants().Select(e => e.Name.LocalName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .ShouldBe(["caption", "h1", "h2", "h3", "li", "main", "p", "table", "tbody", "td", "th", "tr", "ul"]);
    }

    [Fact]
    public void Page_OfTheDemo_NamesEachPointOfTheArticle()
    {
        var page = RecordPage.Of(Record());

        foreach (var point in (string[])["(a)", "(b)", "(c)", "(d)", "(e)", "(f)", "(g)"])
        {
            page.ShouldContain(point);
        }

        page.ShouldContain("<html lang=\"en\">");
    }

    [Theory]
    [InlineData("=1+1", "\"'=1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("  =1+1", "\"'  =1+1\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("＝1+1", "\"'＝1+1\"")]
    [InlineData("a=1", "\"a=1\"")]
    [InlineData("say \"no\", twice", "\"say \"\"no\"\", twice\"")]
    [InlineData("", "\"\"")]
    public void Csv_Cell_IsNeverAFormula(string value, string cell) => CsvText.Of(["a"], [[value]]).ShouldBe($"\"a\"\r\n{cell}\r\n");

    [Fact]
    public void Csv_HostileTexts_BeginNoCellAndEachRowStandsAlone()
    {
        var record = WithHostileTexts();
        var rows = Read(RecordSheet.Csv(record));

        rows.Count.ShouldBe(record.Activities.Count + 1);
        rows.ShouldAllBe(r => r.Length == RecordSheet.Columns.Length + RecordSheet.CommonColumns.Length);
        rows.SelectMany(r => r).ShouldAllBe(c => c.Length == 0 || !"=+-@".Contains(c[0]));
        rows.Skip(1).SelectMany(r => r).ShouldContain("'" + Hostile, StringComparer.Ordinal);
        rows.Skip(1).ShouldAllBe(r => r.Any(c => c.Contains("Example Books and Music Ltd", StringComparison.Ordinal)));
    }

    // Valid YAML and a valid name: only what prints it can make it harmless.
    private static ProcessingRecord WithHostileTexts()
    {
        var files = DemoContracts.Files.Select(f => f.Name == "northgate-warehouse.yaml"
            ? f with
            {
                Bytes = Encoding.UTF8.GetBytes(DemoContracts.Text(f.Name)
                    .Replace("Northgate Fulfilment Ltd", $"'{Hostile.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal)
                    .Replace("dpo@northgate.example", $"'{Hostile.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal)),
            }
            : f).ToArray();
        return ProcessingRecord.Of(SnapshotCompiler.Compile(files, DemoContracts.Catalogue, s_now).Snapshot.ShouldNotBeNull(), s_now);
    }

    private static List<string[]> Read(string csv)
    {
        var (rows, row, cell, quoted) = (new List<string[]>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < csv.Length; i++)
        {
            switch (csv[i])
            {
                case '"' when quoted && i + 1 < csv.Length && csv[i + 1] == '"':
                    cell.Append(csv[++i]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                case '\n' when !quoted:
                    row.Add(cell.ToString());
                    cell.Clear();
                    if (csv[i] == '\n')
                    {
                        rows.Add([.. row]);
                        row.Clear();
                    }

                    break;
                case '\r' when !quoted:
                    break;
                default:
                    cell.Append(csv[i]);
                    break;
            }
        }

        return rows;
    }

    private static Snapshot Snapshot() => SnapshotCompiler.Compile(DemoContracts.Files, DemoContracts.Catalogue, s_now).Snapshot.ShouldNotBeNull();

    private static ProcessingRecord Record(string? policy = null)
    {
        var files = DemoContracts.Files.Select(f =>
            policy is not null && f.Name == ContractFile.Policy ? f with { Bytes = Encoding.UTF8.GetBytes(policy) } : f).ToArray();
        return ProcessingRecord.Of(SnapshotCompiler.Compile(files, DemoContracts.Catalogue, s_now).Snapshot.ShouldNotBeNull(), s_now);
    }
}
