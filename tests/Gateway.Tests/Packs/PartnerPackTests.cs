using System.Security.Cryptography;
using System.Text;
using Gateway.Calls;
using Gateway.Commands.Partner.Pack;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Subjects;
using Gateway.Tests.Contracts;
using Gateway.Tests.LogTree;

namespace Gateway.Tests.Packs;

/// <summary>What stands in a pack, and what must not.</summary>
public sealed class PartnerPackTests : IDisposable
{
    private const string Authority = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n";
    private readonly string _root = Directory.CreateTempSubdirectory("gateway-pack-").FullName;

    public static TheoryData<string> Partners() => PackSamplesTests.Partners();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Partners))]
    public void Pack_OfAPartner_HoldsNothingOfTheOthersAndNoKey(string partner)
    {
        var snapshot = Snapshot();
        var pack = All(Files(snapshot, partner));

        foreach (var other in snapshot.Contracts.Where(c => c.Partner.Id != partner))
        {
            foreach (var text in (string[])[other.Partner.Id, other.Partner.Name, other.Identity.Uri.Value, other.Name, other.Agreement.Reference,
                other.Partner.PrivacyContact, other.Partner.SecurityContact])
            {
                pack.ShouldNotContain(text);
            }
        }

        pack.ShouldContain(snapshot.Contracts.Single(c => c.Partner.Id == partner).Partner.Name);
        pack.ShouldNotContain("PRIVATE KEY");
        pack.ShouldNotContain("privacy-officer", Case.Sensitive, "who approved a field is the shop's own business");
    }

    [Theory]
    [MemberData(nameof(Partners))]
    public void Pack_MadeTwice_IsTheSame(string partner)
    {
        var (one, other) = (Files(Snapshot(), partner), Files(Snapshot(), partner));

        one.Keys.ShouldBe(other.Keys);
        one.Values.Zip(other.Values).ShouldAllBe(p => p.First.SequenceEqual(p.Second));
    }

    [Theory]
    [MemberData(nameof(Partners))]
    public void Pack_Protos_AreThoseOfTheGrantsAndWhatTheyImport(string partner)
    {
        var contract = Snapshot().Contracts.Single(c => c.Partner.Id == partner);
        var names = Files(Snapshot(), partner).Keys;
        var services = contract.Grants.SelectMany(g => g.Methods).Select(m => PartnerServices.Catalogue.Methods[m].Descriptor.Service.File.Name)
            .ToHashSet(StringComparer.Ordinal);
        var ungranted = PartnerServices.Catalogue.Methods.Values.Where(m => m.Record is not null).Select(m => m.Descriptor.Service.File.Name)
            .Except(services, StringComparer.Ordinal);

        services.ShouldAllBe(s => names.Contains($"protos/{s}"));
        ungranted.ShouldAllBe(s => !names.Contains($"protos/{s}"));
        names.ShouldNotContain(n => n.Contains("/admin/", StringComparison.Ordinal));
        names.ShouldContain("protos/gateway/contract/v1/contract.proto", StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Partners))]
    public void Contract_InWords_TellsEachFieldGivenOrWithheldAndEachTerm(string partner)
    {
        var contract = Snapshot().Contracts.Single(c => c.Partner.Id == partner);

        var text = ContractPaper.Text(contract, "revision");

        foreach (var grant in contract.Grants)
        {
            text.ShouldContain($"## {grant.Purpose.Key}: {grant.Record.Name}");
            grant.Record.Leaves.ShouldAllBe(l => text.Contains($"| `{l.Path}` | ", StringComparison.Ordinal));
            grant.Methods.ShouldAllBe(m => text.Contains($"`{m}`", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Partners))]
    public void Contract_InWords_TellsOfPermissionAndTheMenuWhereTheyCount(string partner)
    {
        var contract = Snapshot().Contracts.Single(c => c.Partner.Id == partner);

        var text = ContractPaper.Text(contract, "revision");

        text.Contains("A subscriber who opts out is as one who is not there; a stream takes the record back with a tombstone", StringComparison.Ordinal)
            .ShouldBe(partner == "meridian-mail");
        text.Contains("The menu is fixed", StringComparison.Ordinal).ShouldBe(partner == "prism-statistics");
        text.ShouldNotContain("gateway-subject-assertion");
    }

    [Fact]
    public void Contract_OfTheAccountSite_TellsHowAnAssertionIsMade()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var resource = new StreamReader(typeof(ContractPaper).Assembly.GetManifestResourceStream("Demo/AccountSite/account-site.yaml")!);
        var file = new ContractFile("account-site.yaml", Encoding.UTF8.GetBytes(
            resource.ReadToEnd().Replace("ASSERTION_KEY", AssertionKey.TextOf(key), StringComparison.Ordinal)));
        var snapshot = SnapshotCompiler.Compile([.. DemoContracts.Files, file], PartnerServices.Catalogue, TimeProvider.System.GetUtcNow()).Snapshot.ShouldNotBeNull();

        var text = ContractPaper.Text(snapshot.Contracts.Single(c => c.Partner.Id == "account-site"), "revision");

        foreach (var told in (string[])["`gateway-subject-assertion`", "ES256", "| `iss` | `account-site` |", "| `aud` | `gateway.subject.v1` |", "`sub`", "at most 5 minutes apart"])
        {
            text.ShouldContain(told);
        }
    }

    [Fact]
    public void Refusals_OfThePack_AreEveryOneOnce()
    {
        var rows = RefusalPaper.Text().Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToArray();

        rows.Length.ShouldBe(Refusals.Known.Count);
        foreach (var reason in Refusals.Known)
        {
            rows.Count(r => r.StartsWith($"| `{Refusals.Of(reason).Name}` | ", StringComparison.Ordinal)).ShouldBe(1);
        }

        rows.ShouldContain(r => r.StartsWith("| `RECORD_NOT_AVAILABLE` | NOT_FOUND | no | ", StringComparison.Ordinal));
        rows.ShouldContain(r => r.StartsWith("| `SOURCE_UNAVAILABLE` | UNAVAILABLE | yes", StringComparison.Ordinal));
    }

    [Fact]
    public void Contract_HostileName_IsTextAndNothingElse()
    {
        const string Hostile = "[x](javascript:alert) | <script> `a` # b";
        var files = DemoContracts.Files.Select(f => f.Name != "northgate-warehouse.yaml" ? f : f with
        {
            Bytes = Encoding.UTF8.GetBytes(DemoContracts.Text(f.Name)
                .Replace("name: Northgate Fulfilment Ltd", $"name: \"{Hostile}\"", StringComparison.Ordinal)
                .Replace("because: pick the goods", $"because: \"{Hostile}\"", StringComparison.Ordinal)),
        }).ToArray();
        var snapshot = SnapshotCompiler.Compile(files, PartnerServices.Catalogue, TimeProvider.System.GetUtcNow()).Snapshot.ShouldNotBeNull();

        var text = All(Files(snapshot, "northgate-warehouse"));

        text.ShouldNotContain("<script>");
        text.ShouldNotContain("[x](");
        text.ShouldContain("\\[x\\]\\(javascript:alert\\) \\| \\<script\\> \\`a\\` \\# b");
    }

    [Fact]
    public async Task Pack_AsACommand_WritesAnEmptyFolderOnlyAndNeverAKey()
    {
        var contracts = Directory.CreateDirectory(Path.Combine(_root, "contracts")).FullName;
        DemoContracts.WriteTo(contracts);
        var certificates = Path.Combine(_root, "certs");
        (await GatewayCommand.RunAsync("certs", "dev", "--out", certificates)).ExitCode.ShouldBe(0);
        await File.AppendAllTextAsync(
            Path.Combine(certificates, "ca.pem"), await File.ReadAllTextAsync(Path.Combine(certificates, "server.key"), TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken);
        var target = Path.Combine(_root, "pack");
        string[] command = ["partner", "pack", "northgate-warehouse", "--out", target, "--contracts", contracts, "--certs", certificates];

        var first = await GatewayCommand.RunAsync(command);
        var again = await GatewayCommand.RunAsync(command);
        var forced = await GatewayCommand.RunAsync([.. command, "--force"]);
        var nobody = await GatewayCommand.RunAsync("partner", "pack", "nobody", "--out", Path.Combine(_root, "none"), "--contracts", contracts, "--certs", certificates);

        (first.ExitCode, again.ExitCode, forced.ExitCode, nobody.ExitCode).ShouldBe((0, 2, 0, 3));
        again.Notes.ShouldContain("--force");
        nobody.Notes.ShouldContain("no contract has the partner 'nobody'");
        Directory.Exists(Path.Combine(_root, "none")).ShouldBeFalse();
        var authority = await File.ReadAllTextAsync(Path.Combine(target, "ca.pem"), TestContext.Current.CancellationToken);
        authority.ShouldContain("BEGIN CERTIFICATE");
        authority.ShouldNotContain("PRIVATE KEY");
    }

    private static SortedDictionary<string, byte[]> Files(Snapshot snapshot, string partner) =>
        PackCommand.Files(snapshot.Contracts.Single(c => c.Partner.Id == partner), snapshot.Revision, Authority);

    private static string All(SortedDictionary<string, byte[]> files) =>
        string.Join('\n', files.Select(f => $"{f.Key}\n{Encoding.UTF8.GetString(f.Value)}"));

    private static Snapshot Snapshot() =>
        SnapshotCompiler.Compile(DemoContracts.Files, PartnerServices.Catalogue, TimeProvider.System.GetUtcNow()).Snapshot.ShouldNotBeNull();
}
