using System.Security.Cryptography;
using Gateway.Configuration;
using Gateway.Core.Subjects;
using Gateway.Demo.AccountSite;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Subject.V1;
using Gateway.Subjects;
using Gateway.Tests.Running;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Gateway.Tests.Legal;

/// <summary>What the customer sees of a disclosure on legal grounds, at the account site's own connection: at once, or when its notice is due.</summary>
public sealed class SubjectsViewTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly SealedFor _court = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _court.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task ListDisclosures_NoticeAtOnce_NamesTheRecipientAndTheGround()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        await scene.ReleaseAsync(legal.Id, _court.Certificate);

        var seen = await SeenAsync(scene);

        seen.Count.ShouldBe(2);
        seen.ShouldAllBe(d => d.Recipient.Name == "Crown Court at Leeds" && d.Recipient.Country == "GB");
        seen.ShouldAllBe(d => d.Promise.Contains("a court or an authority orders it") && d.Basis == "legal_obligation");
        seen.SelectMany(d => d.Fields).Select(f => f.Path).ShouldContain("address.postal_code", StringComparer.Ordinal);
    }

    [Fact]
    public async Task ListDisclosures_NoticeDelayed_IsHiddenUntilItsDateAndAppearsByItself()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile(more: $"notice: {{ until: {scene.Day(20)}, basis: section 12 }}"));
        await scene.ReleaseAsync(legal.Id, _court.Certificate);

        (await SeenAsync(scene)).ShouldBeEmpty();
        scene.Clock.PutForward(TimeSpan.FromDays(19));
        (await SeenAsync(scene)).ShouldBeEmpty();
        var until = Timestamp.FromDateTimeOffset(scene.Clock.GetUtcNow().AddDays(30));
        await scene.Counsel.ExtendNoticeAsync(new ExtendNoticeRequest { CaseId = legal.Id, Until = until, Basis = "section 13" }, cancellationToken: Cancellation);
        await LegalScene.ApproveAsync(legal.Id, scene.Officer, until);
        await LegalScene.ApproveAsync(legal.Id, scene.Counsel, until);
        scene.Clock.PutForward(TimeSpan.FromDays(29));
        (await SeenAsync(scene)).ShouldBeEmpty();
        scene.Clock.PutForward(TimeSpan.FromDays(2));

        (await SeenAsync(scene)).Count.ShouldBe(2);
    }

    private static async Task<List<Disclosure>> SeenAsync(LegalScene scene)
    {
        using var channel = scene.Gateway.As(DemoAccountSite.Partner);
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(DemoAccountSite.KeyFile(scene.Gateway.Settings.Certificates, DemoAccountSite.Partner), Cancellation));
        var assertion = AssertionMaker.Make(key, DemoAccountSite.Partner, scene.Customer, scene.Clock.GetUtcNow());
        var answer = await new SubjectService.SubjectServiceClient(channel).ListDisclosuresAsync(
            new ListDisclosuresRequest(), new Metadata { { SubjectAccess.MetadataKey, assertion } }, cancellationToken: Cancellation);
        return [.. answer.Disclosures];
    }
}
