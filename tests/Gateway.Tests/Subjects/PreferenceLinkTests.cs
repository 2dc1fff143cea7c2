using Gateway.Configuration;
using Gateway.Protos.Subject.V1;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Subjects;

/// <summary>What customers say, with an account and by links without one: one thing, once.</summary>
public sealed class PreferenceLinkTests : IDisposable
{
    private readonly GatewaySettings _settings = Preferring(RunningGateway.Prepare());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Preferences_Said_AreInEffectAndRecordedUnderAMark()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);

        var said = await SayAsync(scene, PreferenceState.Requested);

        said.Preferences.Single(p => p.Topic == SubjectScene.List).State.ShouldBe(PreferenceState.Requested);
        (await SayAsync(scene, PreferenceState.OptedOut)).Preferences.Single(p => p.Topic == SubjectScene.List).State.ShouldBe(PreferenceState.OptedOut);
        var now = await scene.SaysAsync(SubjectScene.Customer);
        (now.State, now.Purpose).ShouldBe((PreferenceState.OptedOut, "marketing.communications.email"));
        now.Title.ShouldNotBeEmpty();
        now.ChangedAt.ShouldNotBeNull();
        (await scene.SaysAsync("C-5002")).State.ShouldNotBe(PreferenceState.OptedOut);
        var key = (await scene.KeyOfAsync(SubjectScene.Customer))!;
        var acts = (await LoggedEntries.ReadAsync(_settings.Log)).Where(e => e.Administration?.Action == "preference.set").ToArray();
        acts.Select(a => (a.Administration.Actor, a.Administration.Target, a.Administration.Reason)).ShouldBe(
            [("account-site", key.Mark.ToString(), "newsletter requested"), ("account-site", key.Mark.ToString(), "newsletter opted_out")]);
    }

    [Fact]
    public async Task Preferences_UnknownTopicOrState_KeepsNothing()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        SetPreferencesRequest[] wrong =
        [
            new(),
            new() { Changes = { Change("no-such-list", PreferenceState.OptedOut) } },
            new() { Changes = { Change(SubjectScene.List, PreferenceState.SoftOptIn) } },
            new() { Changes = { Change(SubjectScene.List, PreferenceState.Unspecified) } },
            new() { Changes = { Change(SubjectScene.List, PreferenceState.OptedOut), Change(SubjectScene.List, PreferenceState.Requested) } },
            new() { Changes = { Change(SubjectScene.List, PreferenceState.OptedOut), Change("no-such-list", PreferenceState.OptedOut) } },
        ];
        foreach (var request in wrong)
        {
            await scene.Site.SetPreferencesAsync(request, scene.As("C-5003"), cancellationToken: Cancellation).ShouldBeRefusedAsync("INVALID_REQUEST");
        }

        (await scene.SaysAsync("C-5003")).State.ShouldNotBe(PreferenceState.OptedOut);
        (await LoggedEntries.ReadAsync(_settings.Log)).ShouldNotContain(e => e.Administration != null && e.Administration.Action == "preference.set");
    }

    [Fact]
    public async Task Link_Used_WorksOnceAlsoAfterARestart()
    {
        string link;
        await using (var scene = await SubjectScene.StartAsync(_settings))
        {
            link = (await scene.LinkAsync(SubjectScene.Customer)).Token;

            var used = await scene.RedeemAsync(link);

            used.State.ShouldBe(PreferenceState.OptedOut);
            (await scene.SaysAsync(SubjectScene.Customer)).State.ShouldBe(PreferenceState.OptedOut);
            await SayAsync(scene, PreferenceState.Requested);
            await scene.RedeemAsync(link).ShouldBeRefusedAsync("INVALID_REQUEST");
        }

        await using var again = await SubjectScene.StartAsync(_settings);
        await again.RedeemAsync(link).ShouldBeRefusedAsync("INVALID_REQUEST");
        (await again.SaysAsync(SubjectScene.Customer)).State.ShouldBe(PreferenceState.Requested);
    }

    [Fact]
    public async Task Link_BroughtByManyAtOnce_WorksForOne()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        var link = (await scene.LinkAsync(SubjectScene.Customer)).Token;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => PartnerAsks.ReasonAsync(scene.RedeemAsync(link)), Cancellation)));

        answers.Count(a => a is null).ShouldBe(1);
        answers.Where(a => a is not null).ShouldAllBe(a => a == "INVALID_REQUEST");
        (await LoggedEntries.ReadAsync(_settings.Log)).Count(e => e.Administration?.Action == "preference.redeem").ShouldBe(1);
    }

    [Fact]
    public async Task Link_UsedExpiredForgedOrAPageToken_IsOneAnswer()
    {
        var clock = new ShiftedClock();
        await using var scene = await SubjectScene.StartAsync(_settings, clock);
        await scene.DiscloseAsync();
        var used = (await scene.LinkAsync(SubjectScene.Customer)).Token;
        await scene.RedeemAsync(used);
        var expired = (await scene.LinkAsync(SubjectScene.Customer, seconds: 60)).Token;
        var page = (await scene.ListAsync(SubjectScene.Customer, size: 1)).NextPageToken;
        clock.PutForward(TimeSpan.FromSeconds(61));

        var answers = new List<string>();
        foreach (var token in (string[])[used, expired, expired[..^4] + "AAAA", page, "", "forged", new string('A', 9000)])
        {
            var refused = await scene.RedeemAsync(token).ShouldBeRefusedAsync("INVALID_REQUEST");
            answers.Add($"{refused.StatusCode} {refused.Status.Detail} {refused.Trailers.GetValueBytes("grpc-status-details-bin")?.Length} "
                + Convert.ToHexString(refused.Trailers.GetValueBytes("grpc-status-details-bin")!));
        }

        answers.Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Link_OutOfRangeOrForNoTopic_IsNotMade()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        CreatePreferenceLinkRequest[] wrong =
        [
            new() { Topic = SubjectScene.List, State = PreferenceState.OptedOut, ExpiresInSeconds = 59 },
            new() { Topic = SubjectScene.List, State = PreferenceState.OptedOut, ExpiresInSeconds = 7776001 },
            new() { Topic = SubjectScene.List, State = PreferenceState.OptedOut, ExpiresInSeconds = -1 },
            new() { Topic = SubjectScene.List, State = PreferenceState.SoftOptIn },
            new() { Topic = "no-such-list", State = PreferenceState.OptedOut },
        ];
        foreach (var request in wrong)
        {
            await scene.Site.CreatePreferenceLinkAsync(request, scene.As(SubjectScene.Customer), cancellationToken: Cancellation).ShouldBeRefusedAsync("INVALID_REQUEST");
        }
    }

    [Fact]
    public async Task Link_NobodyCanTellWhetherItWasUsed_DoesNothing()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        var link = (await scene.LinkAsync(SubjectScene.Customer, PreferenceState.Requested)).Token;
        var before = await scene.SaysAsync(SubjectScene.Customer);
        scene.Gateway.Services.GetRequiredService<SqliteLogIndex>().Dispose();

        await scene.RedeemAsync(link).ShouldBeRefusedAsync("LOG_UNAVAILABLE");

        (await scene.SaysAsync(SubjectScene.Customer)).ShouldBe(before);
    }

    [Fact]
    public async Task Requests_OfACustomer_AreTheirsAlone()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        var opened = await scene.Site.RequestCorrectionAsync(
            new RequestCorrectionRequest { Record = "gateway.fulfilment.v1.Shipment", Fields = { "address" }, Statement = "It is number 12." },
            scene.As(SubjectScene.Customer), cancellationToken: Cancellation);
        await scene.Site.RequestErasureAsync(new RequestErasureRequest(), scene.As(SubjectScene.Customer), cancellationToken: Cancellation);
        await scene.Site.RequestCorrectionAsync(
            new RequestCorrectionRequest { Record = "no such record", Fields = { "address" } }, scene.As(SubjectScene.Customer), cancellationToken: Cancellation)
            .ShouldBeRefusedAsync("INVALID_REQUEST");

        var mine = (await scene.Site.ListRequestsAsync(new ListRequestsRequest(), scene.As(SubjectScene.Customer), cancellationToken: Cancellation)).Requests;

        mine.Select(r => (r.Kind, r.State)).ShouldBe([(RequestKind.Erasure, RequestState.Open), (RequestKind.Correction, RequestState.Open)]);
        mine[1].ShouldBe(opened.Request);
        (mine[1].Due.ToDateTimeOffset() - mine[1].Made.ToDateTimeOffset()).TotalDays.ShouldBeInRange(28, 31.1);
        (await scene.Site.ListRequestsAsync(new ListRequestsRequest(), scene.As("C-5002"), cancellationToken: Cancellation)).Requests.ShouldBeEmpty();
        (await LoggedEntries.ReadAsync(_settings.Log)).ShouldNotContain(e => e.ToString().Contains("number 12", StringComparison.Ordinal));
    }

    private static SetPreferencesRequest.Types.Change Change(string topic, PreferenceState state) => new() { Topic = topic, State = state };

    private static async Task<SetPreferencesResponse> SayAsync(SubjectScene scene, PreferenceState state) => await scene.Site.SetPreferencesAsync(
        new SetPreferencesRequest { Changes = { Change(SubjectScene.List, state) } }, scene.As(SubjectScene.Customer), cancellationToken: Cancellation);

    private static GatewaySettings Preferring(GatewaySettings settings)
    {
        var policy = Path.Combine(settings.Contracts.FullName, "policy.yaml");
        if (!File.ReadAllText(policy).Contains("lists:", StringComparison.Ordinal))
        {
            File.WriteAllText(policy, File.ReadAllText(policy).Replace("purposes:\n", """
                lists:
                  - { list: newsletter, title: New titles each month, purpose: marketing.communications.email }
                purposes:
                  - purpose: marketing.communications.email
                    promise: Only what you asked for
                    categories: [user.contact.email]
                    bases: [consent]

                """, StringComparison.Ordinal));
            ShopViews.Execute(settings, """
                CREATE VIEW sharing_preferences AS SELECT 'C-5004' AS subject_id, 'newsletter' AS topic, 'opted_out' AS state, '2026-01-01T00:00:00Z' AS changed_at
                """);
        }

        return settings;
    }
}
