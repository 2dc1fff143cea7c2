using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Tests.Running;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Legal;

/// <summary>The rules over the wire: real certificates, a real log.</summary>
public sealed class LegalRulesTests : IDisposable
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
    public async Task EveryMethod_OfOtherRoles_IsRefused()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        foreach (var person in (string[])["security-analyst", "operator"])
        {
            var client = scene.As(person);
            Func<Task>[] calls =
            [
                () => scene.OpenAsync(scene.CaseFile(), client),
                () => LegalScene.ApproveAsync(legal.Id, client),
                () => client.ExtendNoticeAsync(new ExtendNoticeRequest { CaseId = legal.Id }, cancellationToken: Cancellation).ResponseAsync,
                () => client.ReviewCaseAsync(new ReviewCaseRequest { CaseId = legal.Id }, cancellationToken: Cancellation).ResponseAsync,
                () => client.CloseCaseAsync(new CloseCaseRequest { CaseId = legal.Id }, cancellationToken: Cancellation).ResponseAsync,
                () => client.ListCasesAsync(new ListCasesRequest(), cancellationToken: Cancellation).ResponseAsync,
                () => client.GetCaseAsync(new GetCaseRequest { CaseId = legal.Id }, cancellationToken: Cancellation).ResponseAsync,
                () => client.GetLegalReportAsync(new GetLegalReportRequest { Year = 2026 }, cancellationToken: Cancellation).ResponseAsync,
                () => scene.ReleaseAsync(legal.Id, _court.Certificate, client),
            ];
            calls.Length.ShouldBe(LegalService.Descriptor.Methods.Count);
            foreach (var call in calls)
            {
                await LegalScene.RefusedAsync(call, StatusCode.PermissionDenied);
            }
        }

        // The privacy officer approves, and opens and releases nothing.
        await LegalScene.RefusedAsync(() => scene.OpenAsync(scene.CaseFile(), scene.Officer), StatusCode.PermissionDenied);
        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate, scene.Officer), StatusCode.PermissionDenied);
        (await scene.DisclosuresAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Release_OneApprovalOrTheSamePersonTwice_IsRefused()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.OpenAsync(scene.CaseFile());

        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate));
        await LegalScene.ApproveAsync(legal.Id, scene.Counsel);
        (await LegalScene.RefusedAsync(() => LegalScene.ApproveAsync(legal.Id, scene.Counsel))).ShouldContain("same person");
        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate))).ShouldContain("not approved");

        (await scene.DisclosuresAsync()).ShouldBeEmpty();
        (await scene.ActsAsync(legal.Id)).ShouldBe(
        [
            "legal.open by legal-counsel", "legal.release.refused by legal-counsel", "legal.approve by legal-counsel",
            "legal.approve.refused by legal-counsel", "legal.release.refused by legal-counsel",
        ]);
    }

    [Fact]
    public async Task Release_ExpiredClosedOrUnknown_IsRefused()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var closed = await scene.ApprovedAsync(scene.CaseFile());
        await scene.Counsel.CloseCaseAsync(new CloseCaseRequest { CaseId = closed.Id, Reason = "done" }, cancellationToken: Cancellation);
        var expired = await scene.ApprovedAsync(scene.CaseFile());

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(closed.Id, _court.Certificate))).ShouldContain("closed");
        scene.Clock.PutForward(TimeSpan.FromDays(31));
        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(expired.Id, _court.Certificate))).ShouldContain("expired");
        await LegalScene.RefusedAsync(() => scene.ReleaseAsync("legal-2026-00000000", _court.Certificate), StatusCode.NotFound);

        (await scene.DisclosuresAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Cases_AfterARestart_AreAsTheyWere()
    {
        LegalCase before;
        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            before = await scene.ApprovedAsync(scene.CaseFile(more: $"notice: {{ until: {scene.Day(20)}, basis: section 12 }}"));
            await scene.ReleaseAsync(before.Id, _court.Certificate);
            before = (await scene.Counsel.GetCaseAsync(new GetCaseRequest { CaseId = before.Id }, cancellationToken: Cancellation)).Case;
        }

        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            (await scene.Counsel.GetCaseAsync(new GetCaseRequest { CaseId = before.Id }, cancellationToken: Cancellation)).Case.ShouldBe(before);
            await scene.ReleaseAsync(before.Id, _court.Certificate);
        }
    }

    [Fact]
    public async Task Urgent_OneApprovalThenOverdue_AlarmsAndStopsUntilReviewed()
    {
        using var alarms = new RaisedAlarms();
        var clock = new ShiftedClock();
        string first, second;
        await using (var scene = await LegalScene.StartAsync(_settings, clock))
        {
            first = (await scene.ApprovedAsync(scene.CaseFile("urgent_safety"))).Id;
            await scene.ReleaseAsync(first, _court.Certificate);
            second = (await scene.OpenAsync(scene.CaseFile("urgent_safety"))).Id;
            (await LegalScene.RefusedAsync(() => ReviewAsync(scene.Counsel, first, LegalReviewOutcome.Confirmed))).ShouldContain("same person");
        }

        clock.PutForward(TimeSpan.FromHours(25));
        await using (var scene = await LegalScene.StartAsync(_settings, clock))
        {
            (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(first, _court.Certificate))).ShouldContain("overdue");
            (await LegalScene.RefusedAsync(() => LegalScene.ApproveAsync(second, scene.Counsel))).ShouldContain("overdue");
            await PartnerAsks.EventuallyAsync(() => Task.FromResult(alarms.Has("legal_review_overdue")));
            using var local = new HttpClient();
            (await local.GetStringAsync($"http://127.0.0.1:{scene.Gateway.Local}/readyz", Cancellation)).ShouldContain($"gateway legal review {first}");
            await scene.ApprovedAsync(scene.CaseFile());

            await ReviewAsync(scene.Officer, first, LegalReviewOutcome.Confirmed);

            await LegalScene.ApproveAsync(second, scene.Counsel);
            await scene.ReleaseAsync(second, _court.Certificate);
        }
    }

    [Fact]
    public async Task DelayedNotice_UntilItsDateOrTheExtension_IsHiddenThenShown()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var notices = scene.Gateway.Services.GetRequiredService<IDelayedNotices>();
        var legal = await scene.ApprovedAsync(scene.CaseFile(more: $"notice: {{ until: {scene.Day(20)}, basis: section 12 }}"));
        await scene.ReleaseAsync(legal.Id, _court.Certificate);
        var entry = (await scene.DisclosuresAsync())[0].LegalCase;
        entry.NoticeAfter.ShouldBe(legal.Notice.Until);
        var first = legal.Notice.Until.ToDateTimeOffset();
        async Task<bool> HiddenAt(DateTimeOffset now) => await notices.IsDelayedAsync(entry, now, Cancellation);

        (await HiddenAt(first.AddSeconds(-1))).ShouldBeTrue();
        (await HiddenAt(first)).ShouldBeFalse();
        var until = Timestamp.FromDateTimeOffset(first.AddDays(30));
        await scene.Counsel.ExtendNoticeAsync(new ExtendNoticeRequest { CaseId = legal.Id, Until = until, Basis = "section 13" }, cancellationToken: Cancellation);
        await LegalScene.ApproveAsync(legal.Id, scene.Officer, until);
        (await HiddenAt(first)).ShouldBeFalse("one approval is not enough");
        await LegalScene.RefusedAsync(() => LegalScene.ApproveAsync(legal.Id, scene.Officer, until));
        await LegalScene.ApproveAsync(legal.Id, scene.Counsel, until);
        (await HiddenAt(first)).ShouldBeTrue();
        (await HiddenAt(first.AddDays(30))).ShouldBeFalse();
        await Should.ThrowAsync<LogUnavailableException>(async () =>
            await notices.IsDelayedAsync(new() { Id = "legal-2026-00000000", NoticeAfter = until }, first, Cancellation));
    }

    [Fact]
    public async Task Urgent_FoundWrong_IsShownAtOnceAndClosed()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile("urgent_safety", $"notice: {{ until: {scene.Day(20)}, basis: section 12 }}"));
        await scene.ReleaseAsync(legal.Id, _court.Certificate);
        var entry = (await scene.DisclosuresAsync())[0].LegalCase;
        var notices = scene.Gateway.Services.GetRequiredService<IDelayedNotices>();
        (await notices.IsDelayedAsync(entry, scene.Clock.GetUtcNow(), Cancellation)).ShouldBeTrue();

        await ReviewAsync(scene.Officer, legal.Id, LegalReviewOutcome.Wrong);

        (await notices.IsDelayedAsync(entry, scene.Clock.GetUtcNow(), Cancellation)).ShouldBeFalse();
        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate));
    }

    private static async Task ReviewAsync(LegalService.LegalServiceClient by, string id, LegalReviewOutcome outcome) =>
        await by.ReviewCaseAsync(new ReviewCaseRequest { CaseId = id, Outcome = outcome, Reason = "seen" }, cancellationToken: Cancellation);
}
