using Gateway.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Tests.Contracts;

public sealed class ContractReloaderTests
{
    private const string Warehousing = "essential.service.fulfillment.warehousing";

    [Fact]
    public async Task Look_NothingChanged_RecordsNothing()
    {
        using var scene = await ReloadScene.OpenAsync();

        await scene.LookAsync();

        scene.Log.Acts.ShouldBeEmpty();
        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
    }

    [Fact]
    public async Task Look_GoodChange_IsRecordedThenInForce()
    {
        using var scene = await ReloadScene.OpenAsync();
        var before = scene.Loaded.Snapshot.Revision;
        string? inForceWhenRecorded = null;
        scene.Log.OnAppend = () => inForceWhenRecorded = scene.Plans.Current.Snapshot.Revision;
        scene.Replace("northgate-warehouse.yaml", "        keep_last: 3\n", "");
        scene.Replace("northgate-warehouse.yaml", "[lines.sku, lines.quantity]", "[lines.sku]");

        await scene.LookAsync();

        var now = scene.Plans.Current.Snapshot;
        inForceWhenRecorded.ShouldBe(before);
        var act = scene.Log.Acts.ShouldHaveSingleItem();
        act.Action.ShouldBe("contracts.reload");
        act.Actor.ShouldBe("gateway");
        (act.FromRevision, act.ToRevision).ShouldBe((before, now.Revision));
        act.Gained.ShouldBe([$"northgate-warehouse {Warehousing} phone_number"]);
        act.Lost.ShouldBe([$"northgate-warehouse {Warehousing} lines.quantity", $"northgate-warehouse {Warehousing} phone_number(keep_last:3)"]);
        scene.Reloader.Status.Revision.ShouldBe(now.Revision);
        scene.Revisions.LastInForce.ShouldBe(now.Revision);
        (await scene.Revisions.ReadAsync(now.Revision, TestContext.Current.CancellationToken)).Count.ShouldBe(DemoContracts.Files.Count - 1, "all but staff");
    }

    [Fact]
    public async Task Look_BrokenChange_KeepsTheLastGoodAndSaysSo()
    {
        using var scene = await ReloadScene.OpenAsync();
        scene.Replace("northgate-warehouse.yaml", "[phone_number]", "[fone_number]");
        scene.Replace("southgate-warehouse.yaml", "role: processor", "role: procesor");

        await scene.LookAsync();
        await scene.LookAsync();

        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
        scene.Log.Acts.ShouldBeEmpty();
        scene.Reloader.Status.Errors.ShouldBe(
        [
            "northgate-warehouse.yaml:32:17: gateway.fulfilment.v1.Shipment has no field 'fone_number'; did you mean 'phone_number'?",
            "southgate-warehouse.yaml:6:9: 'procesor' is not known as 'role'; did you mean 'processor'?",
        ]);
        scene.Logs.Entries.Count(e => e.Id.Name == "ContractsKept").ShouldBe(1);
        scene.Logs.Entries.Count(e => e.Id.Name == "ContractError").ShouldBe(2);
    }

    [Fact]
    public async Task Look_BrokenChangeCorrected_ClearsTheErrors()
    {
        using var scene = await ReloadScene.OpenAsync();
        scene.Replace("northgate-warehouse.yaml", "window: 30d", "window: 30");
        await scene.LookAsync();
        scene.Reloader.Status.Errors.ShouldNotBeEmpty();

        scene.Replace("northgate-warehouse.yaml", "window: 30", "window: 30d");
        await scene.LookAsync();

        scene.Reloader.Status.Errors.ShouldBeEmpty();
        scene.Reloader.Status.Revision.ShouldBe(scene.Loaded.Snapshot.Revision);
        scene.Log.Acts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_LogRefuses_KeepsTheLastGoodAndTriesAgain()
    {
        using var scene = await ReloadScene.OpenAsync();
        scene.Log.Refuses = true;
        scene.Replace("northgate-warehouse.yaml", "[lines.sku, lines.quantity]", "[lines.sku]");

        await scene.LookAsync();

        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
        scene.Reloader.Status.Errors.ShouldBe(["the log is full"]);

        scene.Log.Refuses = false;
        scene.Clock.Advance(TimeSpan.FromSeconds(6));
        await scene.LookAsync();

        scene.Plans.Current.Snapshot.Revision.ShouldNotBe(scene.Loaded.Snapshot.Revision, StringComparer.Ordinal);
        scene.Reloader.Status.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_SourceLacksAColumn_KeepsTheLastGoodAndRecordsNothing()
    {
        using var scene = await ReloadScene.OpenAsync();
        scene.Source.Lacks = "sharing_shipments has no column company";
        scene.Replace("northgate-warehouse.yaml", "[lines.sku, lines.quantity]", "[lines.sku, lines.quantity, company]");

        await scene.LookAsync();

        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
        scene.Reloader.Status.Errors.ShouldBe(["sharing_shipments has no column company"]);
        scene.Log.Acts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Health_BrokenChange_IsDegradedWithTheErrorsAndTheRevisionInForce()
    {
        using var scene = await ReloadScene.OpenAsync();
        var health = new ContractHealth(scene.Reloader);
        var stop = TestContext.Current.CancellationToken;
        (await health.CheckHealthAsync(new HealthCheckContext(), stop)).Status.ShouldBe(HealthStatus.Healthy);
        scene.Replace("northgate-warehouse.yaml", "window: 30d", "window: 30");

        await scene.LookAsync();

        var told = await health.CheckHealthAsync(new HealthCheckContext(), stop);
        told.Status.ShouldBe(HealthStatus.Degraded);
        told.Description!.ShouldStartWith($"revision {scene.Loaded.Snapshot.Revision} in force since 2026-06-01T00:00:00Z; ");
        told.Description.ShouldContain("northgate-warehouse.yaml:35:13: ");
    }

    [Fact]
    public async Task Look_FolderGone_KeepsTheLastGood()
    {
        using var scene = await ReloadScene.OpenAsync();
        Directory.Move(scene.Folder, scene.Folder + "-gone");

        await scene.LookAsync();

        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
        scene.Reloader.Status.Errors.ShouldHaveSingleItem().ShouldStartWith("the contracts cannot be read: ");
    }

    [Fact]
    public async Task Look_FolderIsALinkThatIsSwapped_TakesTheNewTargetWhole()
    {
        using var scene = await ReloadScene.OpenAsync();
        var next = Path.Combine(scene.Root, "next");
        Directory.CreateDirectory(next);
        DemoContracts.WriteTo(next);
        var north = Path.Combine(next, "northgate-warehouse.yaml");
        await File.WriteAllTextAsync(
            north, DemoContracts.Text("northgate-warehouse.yaml").Replace("window: 30d", "window: 5d", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var folder = scene.Folder;
        Directory.Move(folder, folder + "-before");
        Directory.CreateSymbolicLink(folder, next);

        await scene.LookAsync();

        scene.Plans.Current.Snapshot.Contracts.Single(c => c.Partner.Id == "northgate-warehouse").Grants[0].Window.ShouldBe(TimeSpan.FromDays(5));
        scene.Reloader.Status.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Look_PartnersSwapIdentities_SwapTogether()
    {
        using var scene = await ReloadScene.OpenAsync();
        var uris = scene.Loaded.Snapshot.Contracts.ToDictionary(c => c.Partner.Id, c => c.Identity.Uri, StringComparer.Ordinal);
        scene.Replace("northgate-warehouse.yaml", "partner/northgate-warehouse", "partner/southgate-warehouse");

        await scene.LookAsync();
        scene.Reloader.Status.Errors.ShouldHaveSingleItem().ShouldContain("already identifies the partner 'northgate-warehouse'");

        scene.Replace("southgate-warehouse.yaml", "partner/southgate-warehouse", "partner/northgate-warehouse");
        await scene.LookAsync();

        var now = scene.Plans.Current.Snapshot;
        now.InForce(uris["northgate-warehouse"], scene.Clock.GetUtcNow())!.Partner.Id.ShouldBe("southgate-warehouse");
        now.InForce(uris["southgate-warehouse"], scene.Clock.GetUtcNow())!.Partner.Id.ShouldBe("northgate-warehouse");
    }

    [Fact]
    public async Task Look_StaffChanged_IsRecordedAndInForceWithoutANewRevision()
    {
        using var scene = await ReloadScene.OpenAsync();
        scene.Replace("staff.yaml", "roles: [privacy]", "roles: [privacy, security]");

        await scene.LookAsync();

        scene.Log.Acts.ShouldHaveSingleItem().Reason.ShouldBe("the file changed; gained: privacy-officer Security; lost: nothing");
        scene.Staff.Current.Members.Single(m => m.Id == "privacy-officer").Roles.Count.ShouldBe(2);
        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
    }

    [Fact]
    public async Task Look_PrivacyOfficerLeft_TakesTheAccessAwayAndKeepsTheContracts()
    {
        using var scene = await ReloadScene.OpenAsync();
        scene.Replace("staff.yaml", "id: privacy-officer", "id: somebody-else");

        await scene.LookAsync();

        scene.Staff.Current.Members.ShouldNotContain(m => m.Id == "privacy-officer");
        scene.Log.Acts.ShouldHaveSingleItem().Action.ShouldBe("staff.reload");
        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
        scene.Reloader.Status.Errors.ShouldContain(e =>
            e.Contains("'privacy-officer' is not in staff.yaml, and gift_message is sensitive", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Look_PolicyNamesWhatIsNeverAllowed_KeepsTheLastGood()
    {
        using var scene = await ReloadScene.OpenAsync();
        scene.Replace("policy.yaml", "user.contact.organization\n      - user.contact.address\n      - user.contact.phone_number\n      - user.content",
            "user.financial\n      - user.contact.address\n      - user.contact.phone_number\n      - user.content");

        await scene.LookAsync();

        scene.Plans.Current.Snapshot.ShouldBeSameAs(scene.Loaded.Snapshot);
        scene.Reloader.Status.Errors.ShouldContain(e => e.Contains("never essential.service.fulfillment with user.financial", StringComparison.Ordinal));
        scene.Log.Acts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_FolderChanges_IsPickedUpWhileRunning()
    {
        using var scene = await ReloadScene.OpenAsync(TimeProvider.System);
        await scene.Reloader.StartAsync(TestContext.Current.CancellationToken);
        var recorded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Log.OnAppend = () => recorded.TrySetResult();

        scene.Replace("northgate-warehouse.yaml", "[lines.sku, lines.quantity]", "[lines.sku]");

        await recorded.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await scene.Reloader.StopAsync(TestContext.Current.CancellationToken);
        scene.Log.Acts.ShouldHaveSingleItem().Action.ShouldBe("contracts.reload");
    }

    [Fact]
    public async Task RecordStart_FirstThenSameThenChanged_RecordsWhatChangedOnly()
    {
        using var scene = await ReloadScene.OpenAsync();
        var stop = TestContext.Current.CancellationToken;

        await scene.Recorder.RecordStartAsync(scene.Loaded, stop);
        await scene.Recorder.RecordStartAsync(scene.Loaded, stop);
        var first = scene.Log.Acts.ShouldHaveSingleItem();
        (first.Action, first.FromRevision, first.Lost.Count).ShouldBe(("contracts.load", "", 0));

        scene.Replace("northgate-warehouse.yaml", "[lines.sku, lines.quantity]", "[lines.sku]");
        await scene.LookAsync();
        await scene.Recorder.RecordStartAsync(scene.Loaded, stop);

        scene.Log.Acts.Count.ShouldBe(3);
        scene.Log.Acts[2].Gained.ShouldBe([$"northgate-warehouse {Warehousing} lines.quantity"]);
    }
}
