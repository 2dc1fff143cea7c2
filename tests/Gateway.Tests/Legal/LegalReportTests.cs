using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Tests.Running;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Legal;

/// <summary>A year's counts agree with the log, and say so where somebody made them disagree.</summary>
public sealed class LegalReportTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly SealedFor _court = new();

    public void Dispose()
    {
        _court.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task Report_SomeCases_CountsWhatTheLogTells()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var first = await scene.ApprovedAsync(scene.CaseFile(more: $"notice: {{ until: {scene.Day(20)}, basis: section 12 }}"));
        var (released, _) = await scene.ReleaseAsync(first.Id, _court.Certificate);
        await scene.ReleaseAsync(first.Id, _court.Certificate);
        await scene.OpenAsync(scene.CaseFile());
        var urgent = await scene.ApprovedAsync(scene.CaseFile("urgent_safety").Replace("kind: court, name: Crown Court at Leeds", "kind: authority, name: Police", StringComparison.Ordinal));
        await scene.ReleaseAsync(urgent.Id, _court.Certificate);
        await scene.Officer.ReviewCaseAsync(
            new ReviewCaseRequest { CaseId = urgent.Id, Outcome = LegalReviewOutcome.Wrong, Reason = "no danger" }, cancellationToken: TestContext.Current.CancellationToken);
        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(urgent.Id, _court.Certificate));

        var report = await ReportAsync(scene);

        report.Disagreements.ShouldBeEmpty();
        report.Notes.ShouldBeEmpty();
        report.Rows.ShouldBe(
        [
            new GetLegalReportResponse.Types.Row
            {
                Ground = LegalGround.LegalProcess, RecipientKind = "court", RecipientName = "Crown Court at Leeds", Country = "GB",
                Opened = 2, Approved = 1, Delayed = 1, Releases = 2, Records = 2 * released.Release.Records,
            },
            new GetLegalReportResponse.Types.Row
            {
                Ground = LegalGround.UrgentSafety, RecipientKind = "authority", RecipientName = "Police", Country = "GB",
                Opened = 1, Approved = 1, Wrong = 1, Refused = 1, Releases = 1, Records = released.Release.Records,
            },
        ]);
        // The log alone, counted leaf by leaf.
        var entries = await scene.EntriesAsync();
        entries.Count(e => e.Administration?.Action == "legal.open").ShouldBe(report.Rows.Sum(r => r.Opened));
        entries.Count(e => e.Administration?.Action == "legal.release").ShouldBe(report.Rows.Sum(r => r.Releases));
        entries.Where(e => e.LegalCase is not null).Sum(e => (long)EntryPseudonyms.Of(e.Records).Length).ShouldBe(report.Rows.Sum(r => r.Records));
        (await ReportAsync(scene, -1)).Rows.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("replace(act, '\"records\":', '\"records\":1')", "records, and the log tells of")]
    [InlineData("replace(act, '\"receipts\":[\"', '\"receipts\":[\"0')", "records, and the log tells of")]
    public async Task Report_StoreChangedByHand_SaysWhere(string change, string told)
    {
        string id;
        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            id = (await scene.ApprovedAsync(scene.CaseFile())).Id;
            await scene.ReleaseAsync(id, _court.Certificate);
        }

        await using (var file = new SqliteConnection($"Data Source={_settings.Data.Cases};Pooling=False"))
        {
            file.Open();
            await using var command = file.CreateCommand();
#pragma warning disable CA2100 // The theory's own texts.
            command.CommandText = $"UPDATE acts_1 SET act = {change} WHERE act LIKE '%\"release\"%'";
#pragma warning restore CA2100
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        }

        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            var report = await ReportAsync(scene);

            report.Disagreements.ShouldHaveSingleItem().ShouldContain(told);
            report.Disagreements[0].ShouldContain(id);
        }
    }

    private static async Task<GetLegalReportResponse> ReportAsync(LegalScene scene, int years = 0) => await scene.Counsel.GetLegalReportAsync(
        new GetLegalReportRequest { Year = scene.Clock.GetUtcNow().Year + years }, cancellationToken: TestContext.Current.CancellationToken);
}
