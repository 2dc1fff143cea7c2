using Gateway.Configuration;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Legal;

/// <summary>A store of cases that is lost, damaged, older than the log or changed by hand: the gateway does not start with it.</summary>
public sealed class CasesAtStartTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    [Row("legal cases missing at start")]
    public async Task Start_StoreMissing_IsNotMadeAnew()
    {
        await RunAsync(approved: true);
        File.Delete(_settings.Data.Cases);

        (await RefusedAsync()).ShouldContain("legal cases");

        File.Exists(_settings.Data.Cases).ShouldBeFalse();
    }

    [Fact]
    [Row("legal cases damaged at start")]
    public async Task Start_StoreDamaged_IsRefused()
    {
        await RunAsync(approved: true);
        await File.WriteAllTextAsync(_settings.Data.Cases, new string('x', 8192), TestContext.Current.CancellationToken);

        (await RefusedAsync()).ShouldContain("legal.db");
    }

    [Fact]
    [Row("older legal cases put back at start")]
    public async Task Start_OlderStore_IsRefused()
    {
        var id = await RunAsync(approved: false);
        var older = _settings.Data.Cases + ".older";
        File.Copy(_settings.Data.Cases, older);
        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            await LegalScene.ApproveAsync(id, scene.Counsel);
        }

        File.Move(older, _settings.Data.Cases, overwrite: true);

        (await RefusedAsync()).ShouldContain("it is an older copy");
    }

    [Fact]
    public async Task Start_WithoutItsIndex_StillFindsAnOlderStore()
    {
        await Start_OlderStore_IsRefused();
        foreach (var file in Directory.EnumerateFiles(_settings.Data.Root, "log-index.db*"))
        {
            File.Delete(file);
        }

        (await RefusedAsync()).ShouldContain("it is an older copy");
    }

    [Theory]
    [InlineData("UPDATE acts_1 SET done = 0 WHERE act LIKE '%\"approve\"%' AND act LIKE '%privacy-officer%'", "the rules do not allow")]
    [InlineData("UPDATE acts_1 SET act = replace(act, 'privacy-officer', 'legal-counsel')", "the rules do not allow")]
    [InlineData("UPDATE acts_1 SET act = replace(act, '\"subjects\"', '\"subject\"')", "cannot be read")]
    public async Task Start_ActChangedByHand_IsRefused(string change, string why)
    {
        using var court = new SealedFor();
        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            var legal = await scene.ApprovedAsync(scene.CaseFile());
            await scene.ReleaseAsync(legal.Id, court.Certificate);
        }

        await using (var file = new SqliteConnection($"Data Source={_settings.Data.Cases};Pooling=False"))
        {
            file.Open();
            await using var command = file.CreateCommand();
#pragma warning disable CA2100 // The theory's own texts.
            command.CommandText = change;
#pragma warning restore CA2100
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0);
        }

        var told = await RefusedAsync();
        told.ShouldContain(why);
        told.ShouldNotContain("PO-2026-118");
    }

    [Fact]
    public async Task Store_Made_IsForItsOwnerAlone()
    {
        await RunAsync(approved: false);

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_settings.Data.Cases).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private async Task<string> RunAsync(bool approved)
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        return (approved ? await scene.ApprovedAsync(scene.CaseFile()) : await scene.OpenAsync(scene.CaseFile())).Id;
    }

    private async Task<string> RefusedAsync()
    {
        var (exitCode, errors) = await ServeProcess.RefusesAsync(ServeProcess.Variables(_settings));
        exitCode.ShouldBe(Commands.ExitCode.InvalidConfiguration, errors);
        errors.ShouldNotContain("Serving partners");
        return errors;
    }
}
