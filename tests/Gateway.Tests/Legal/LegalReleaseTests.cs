using System.Text.Json;
using Gateway.Configuration;
using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Legal;

/// <summary>What leaves under a case, opened by its recipient, held against the shop's own rows and against the log.</summary>
public sealed class LegalReleaseTests : IDisposable
{
    private static readonly string[] s_fields = ["order_id", "recipient_name", "address", "lines"];

    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly SealedFor _court = new();

    public void Dispose()
    {
        _court.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task Release_ApprovedByTwo_HoldsTheScopeAndNothingElse()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());

        var (summary, file) = await scene.ReleaseAsync(legal.Id, _court.Certificate);

        var content = await _court.ReadAsync(file);
        content.GetProperty("format").GetString().ShouldBe("gateway-legal-release-1");
        content.GetProperty("case").GetString().ShouldBe(legal.Id);
        content.GetProperty("receipts").EnumerateArray().Select(r => r.GetString()).ShouldBe(summary.Release.Receipts);
        var (shipments, charges) = (content.GetProperty("records")[0], content.GetProperty("records")[1]);
        Keys(shipments, "order_id").ShouldBe(scene.Orders.SkipLast(1).Select(o => o.Id), ignoreOrder: true);
        foreach (var item in shipments.GetProperty("items").EnumerateArray())
        {
            item.GetProperty("subject").GetString().ShouldBe(scene.Customer);
            var fields = item.GetProperty("fields");
            fields.EnumerateObject().Select(f => f.Name).Except(s_fields, StringComparer.Ordinal).ShouldBeEmpty();
            fields.GetProperty("address").EnumerateObject().Select(f => f.Name).ShouldBe(["postal_code"]);
            fields.GetProperty("lines").EnumerateArray().ShouldAllBe(l => l.EnumerateObject().Select(f => f.Name).SequenceEqual(new[] { "sku" }));
        }

        // The oracle: the same rows by SQL, written over the view without any code of ours.
        Flat(shipments, "order_id", "recipient_name", "address.postal_code").ShouldBe(Sql(
            $"SELECT DISTINCT order_id || '|' || recipient_name || '|' || address_postal_code FROM sharing_shipments WHERE {InScope(scene)}"), ignoreOrder: true);
        Flat(charges, "payment_id", "email").ShouldBe(Sql(
            $"SELECT DISTINCT payment_id || '|' || email FROM sharing_charges WHERE {InScope(scene)}"), ignoreOrder: true);
        summary.Release.Records.ShouldBe(shipments.GetProperty("items").GetArrayLength() + charges.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Release_Recorded_NamesRecipientCaseFieldsAndSubjects()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());

        var (summary, _) = await scene.ReleaseAsync(legal.Id, _court.Certificate);

        var entries = await scene.DisclosuresAsync();
        entries.Select(e => e.Id()).ShouldBe(summary.Release.Receipts);
        var subject = (await scene.Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(scene.Customer)).ShouldNotBeNull();
        foreach (var entry in entries)
        {
            entry.Kind.ShouldBe(Kind.Disclosure);
            entry.Caller.Partner.ShouldBe(CaseDisclosure.Recipient);
            entry.Caller.Peer.ShouldStartWith("127.0.0.1");
            entry.Method.ShouldBe("gateway.admin.v1.LegalService/Release");
            entry.Purpose.ShouldBe("third_party_sharing.legal_obligation");
            entry.Basis.ShouldBe("legal_obligation");
            entry.LegalCase.Id.ShouldBe(legal.Id);
            entry.LegalCase.NoticeAfter.ShouldBeNull();
            EntryPseudonyms.Of(entry.Subjects).ShouldAllBe(s => s == subject.Pseudonym);
        }

        EntryPseudonyms.Of(entries[0].Records).ShouldBe(
            scene.Orders.SkipLast(1).Select(o => subject.OfRecord("gateway.fulfilment.v1.Shipment", o.Id)), ignoreOrder: true);
        var scope = Scope.Parser.ParseFrom(await scene.Gateway.Services.GetRequiredService<ILogReader>()
            .FindScopeAsync(entries[0].Scope.Memory, TestContext.Current.CancellationToken));
        scope.Contract.ShouldBe(legal.Id);
        scope.RecipientName.ShouldBe("Crown Court at Leeds");
        scope.Country.ShouldBe("GB");
        scope.Promise.ShouldContain("a court or an authority orders it");
        scope.Released.ShouldBe(["order_id", "recipient_name", "address.postal_code", "lines.sku"], ignoreOrder: true);
        scope.Withheld.Select(w => w.Path).ShouldContain("phone_number", StringComparer.Ordinal);
        (await scene.ActsAsync(legal.Id)).ShouldBe(
            ["legal.open by legal-counsel", "legal.approve by legal-counsel", "legal.approve by privacy-officer", "legal.release by legal-counsel"]);
    }

    [Fact]
    public async Task Release_UnderAPassphrase_IsOpenedByItAndStoredNowhere()
    {
        string passphrase;
        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            var legal = await scene.ApprovedAsync(scene.CaseFile());

            var (summary, file) = await scene.ReleaseAsync(legal.Id);

            passphrase = summary.Passphrase;
            (await _court.OpenAsync(file, "-pwri_password", passphrase)).ShouldContain(scene.Orders[0].Id);
            summary.Release.SealedFor.ShouldBe("passphrase");
        }

        foreach (var path in Directory.EnumerateFiles(_settings.Data.Root, "*", SearchOption.AllDirectories))
        {
            File.ReadAllBytes(path).AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(passphrase)).ShouldBe(-1, path);
        }
    }

    [Fact]
    public async Task Release_Again_IsTheSameScopeRecordedAnew()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());

        var first = await scene.ReleaseAsync(legal.Id, _court.Certificate);
        var second = await scene.ReleaseAsync(legal.Id, _court.Certificate);

        second.File.ShouldNotBe(first.File);
        second.Summary.Release.Receipts.ShouldNotBe(first.Summary.Release.Receipts);
        (await scene.DisclosuresAsync()).Count.ShouldBe(4);
        (await scene.Counsel.GetCaseAsync(new GetCaseRequest { CaseId = legal.Id }, cancellationToken: TestContext.Current.CancellationToken)).Case.Releases.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Release_NothingInTheDates_MakesNoFileAndNoEntry()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var file = scene.CaseFile().Replace($"from: {LegalScene.Day(scene.Orders[0].Opened)}", "from: 1999-01-01", StringComparison.Ordinal)
            .Replace($"until: {LegalScene.Day(scene.Orders[^2].Opened)}", "until: 1999-12-31", StringComparison.Ordinal);
        var legal = await scene.ApprovedAsync(file);

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id))).ShouldContain("no record of these subjects");

        (await scene.DisclosuresAsync()).ShouldBeEmpty();
        (await scene.ActsAsync(legal.Id)).ShouldContain("legal.release.refused by legal-counsel", StringComparer.Ordinal);
    }

    [Fact]
    public async Task Release_KeyNamedByTheCase_IsForThatKeyOnly()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var key = Core.Identity.SpkiHash.Of(_court.Certificate).Text;
        var legal = await scene.ApprovedAsync(scene.CaseFile().Replace("country: GB }", $"country: GB, key: {key} }}", StringComparison.Ordinal));
        using var other = new SealedFor();

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id))).ShouldContain("names the key");
        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, other.Certificate));

        await _court.ReadAsync((await scene.ReleaseAsync(legal.Id, _court.Certificate)).File);
        (await scene.DisclosuresAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Release_UnfitCertificate_IsRefusedBeforeAnythingIsRecorded()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        var before = (await scene.EntriesAsync()).Count;
        using var staff = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(_settings.Certificates.FullName, "operator.pem"));

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, staff), StatusCode.InvalidArgument)).ShouldContain("not for encryption");

        (await scene.EntriesAsync()).Count.ShouldBe(before);
    }

    private static string InScope(LegalScene scene) =>
        $"subject_id = '{scene.Customer}' AND opened_at >= '{LegalScene.Day(scene.Orders[0].Opened)}' AND opened_at < date('{LegalScene.Day(scene.Orders[^2].Opened)}', '+1 day')";

    private static IEnumerable<string?> Keys(JsonElement part, string key) =>
        part.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("fields").GetProperty(key).GetString());

    private static List<string> Flat(JsonElement part, params string[] paths) =>
    [
        .. part.GetProperty("items").EnumerateArray().Select(i => string.Join('|', paths.Select(p =>
            p.Split('.').Aggregate(i.GetProperty("fields"), (at, name) => at.GetProperty(name)).GetString()))),
    ];

    private List<string> Sql(string sql)
    {
        using var shop = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _settings.Data.Shop, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        shop.Open();
        using var command = shop.CreateCommand();
#pragma warning disable CA2100 // Values of the generated shop.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        var all = new List<string>();
        while (rows.Read())
        {
            all.Add(rows.GetString(0));
        }

        all.ShouldNotBeEmpty();
        return all;
    }
}
