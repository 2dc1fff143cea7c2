using Gateway.Protos.Admin.V1;
using Gateway.Tests.Legal;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Canary;

/// <summary>Subjects and details of a case, and what was released under it, are in the store of cases and in the sealed file, and nowhere else.</summary>
public sealed class LegalCanaryTests : IDisposable
{
    private readonly Secrets _secrets = new();
    private readonly CapturedLogs _logs = new();
    private readonly CapturedTelemetry _telemetry = new();

    [Fact]
    public async Task EveryAct_AtTraceLevel_LeavesNoDetailInLogsSpansMetricsErrorsOrFiles()
    {
        var settings = RunningGateway.Prepare();
        using var court = new SealedFor();
        try
        {
            var said = new List<string>();
            string metrics, ready, telemetry;
            await using (var scene = await LegalScene.StartAsync(settings, more: AddCaptures))
            {
                var cancel = TestContext.Current.CancellationToken;
                _secrets.Add("subject", scene.Customer);
                _secrets.Add("email", Email(settings.Data.Shop, scene.Customer));
                _secrets.Add("order", scene.Orders[0].Id);
                var file = scene.CaseFile("urgent_safety", $"notice: {{ until: {scene.Day(20)}, basis: {_secrets["basis"]} }}")
                    .Replace("PO-2026-118", _secrets["number"], StringComparison.Ordinal)
                    .Replace("Production order", _secrets["instrument"], StringComparison.Ordinal);
                var legal = await scene.ApprovedAsync(file);
                said.Add(await LegalScene.RefusedAsync(() => LegalScene.ApproveAsync(legal.Id, scene.Counsel)));
                var (summary, sealedFile) = await scene.ReleaseAsync(legal.Id);
                _secrets.Add("passphrase", summary.Passphrase);
                (await court.OpenAsync(sealedFile, "-pwri_password", summary.Passphrase)).ShouldContain(_secrets["email"]);
                var until = Timestamp.FromDateTimeOffset(scene.Clock.GetUtcNow().AddDays(40));
                await scene.Counsel.ExtendNoticeAsync(new ExtendNoticeRequest { CaseId = legal.Id, Until = until, Basis = _secrets["longer"] }, cancellationToken: cancel);
                await scene.Officer.ReviewCaseAsync(
                    new ReviewCaseRequest { CaseId = legal.Id, Outcome = LegalReviewOutcome.Confirmed, Reason = _secrets["review"] }, cancellationToken: cancel);
                await scene.Counsel.CloseCaseAsync(new CloseCaseRequest { CaseId = legal.Id, Reason = _secrets["closing"] }, cancellationToken: cancel);
                said.Add(await LegalScene.RefusedAsync(() => scene.ReleaseAsync(_secrets["unknown-case"]), StatusCode.NotFound));
                said.Add((await scene.Counsel.ListCasesAsync(new ListCasesRequest(), cancellationToken: cancel)).Cases[0].Subjects.ToString());
                using var local = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{scene.Gateway.Local}") };
                metrics = await local.GetStringAsync("/metrics", cancel);
                ready = await local.GetStringAsync("/readyz", cancel);
                telemetry = _telemetry.AllText(scene.Gateway.Services);
            }

            var canaries = _secrets.Except();
            canaries.In(File.ReadAllBytes(settings.Data.Cases)).Select(h => h.Secret).Distinct(StringComparer.Ordinal).Count()
                .ShouldBeGreaterThan(5, "the store of cases is where they are");
            canaries.ShouldBeAbsentFrom("logs", _logs.AllText);
            canaries.ShouldBeAbsentFrom("spans and metrics", telemetry);
            canaries.ShouldBeAbsentFrom("/metrics", metrics);
            canaries.ShouldBeAbsentFrom("/readyz", ready);
            canaries.ShouldBeAbsentFrom("what staff were told of refusals", string.Join('\n', said));
            foreach (var path in Directory.EnumerateFiles(settings.Data.Root, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(settings.Data.Root, path);
                if (!name.StartsWith("shop.db", StringComparison.Ordinal) && !name.StartsWith("legal.db", StringComparison.Ordinal))
                {
                    canaries.ShouldBeAbsentFrom(name, File.ReadAllBytes(path));
                }
            }

            _secrets.Except("subject", "number", "instrument", "basis", "longer", "review", "closing")
                .ShouldBeAbsentFrom("legal.db", File.ReadAllBytes(settings.Data.Cases));
        }
        finally
        {
            Directory.Delete(settings.Data.Root, recursive: true);
        }
    }

    public void Dispose() => _logs.Dispose();

    private void AddCaptures(IServiceCollection services)
    {
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs));
        _telemetry.AddTo(services);
    }

    private static string Email(string shop, string customer)
    {
        using var connection = new SqliteConnection($"Data Source={shop};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT email FROM sharing_charges WHERE subject_id = $customer LIMIT 1";
        command.Parameters.AddWithValue("$customer", customer);
        return (string)command.ExecuteScalar()!;
    }
}
