using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Demo.Shop;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Gateway.Tests.Witness;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.LogTree;

/// <summary>A whole gateway whose log was put back, lost or changed: it does not come up, says what to do, and what it says works.</summary>
public sealed class LogLossTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    [Row("older log put back at start")]
    public async Task Serve_OlderLogPutBack_RefusesUntilTheLossIsDeclared()
    {
        await RunAsync(calls: 4);
        Copy(_settings.Log, "older.db");
        var older = (await LoggedEntries.ReadAsync(_settings.Log)).Count;
        await RunAsync(calls: 6);
        var signed = Kept();
        Copy("older.db", _settings.Log);

        var refused = await RefusedAsync();
        refused.ShouldContain($"The log holds {older} entries");
        refused.ShouldContain($"entries {older} to {signed.Head.Size - 1} are missing");
        refused.ShouldContain("gateway log recover --data DIR --declare-loss --reason TEXT");

        // Reading past the gateway must not put an entry in the place of one that was signed.
        (await GatewayCommand.RunAsync("log", "query", "--data", _settings.Data.Root, "--reason", "a test")).Notes.ShouldContain("could NOT be recorded");
        (await LoggedEntries.ReadAsync(_settings.Log)).Count.ShouldBe(older);

        (await GatewayCommand.RunAsync("log", "recover", "--data", _settings.Data.Root, "--reason", "a test")).ExitCode.ShouldBe(ExitCode.Usage);
        var recovered = await GatewayCommand.RunAsync("log", "recover", "--data", _settings.Data.Root, "--declare-loss", "--reason", "a test");
        recovered.ExitCode.ShouldBe(ExitCode.Ok, recovered.Notes);
        recovered.Notes.ShouldContain($"entries {older}-{signed.Head.Size - 1}");

        await using (var gateway = ServeProcess.Start(ServeProcess.Variables(_settings)))
        {
            await gateway.ListeningAsync();
            using var channel = gateway.As(_settings, "northgate-warehouse");
            (await channel.GetShipment(DemoShop.SampleOrder.OrderId)).Shipment.ShouldNotBeNull();
        }

        await using var again = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        var tree = again.Services.GetRequiredService<SqliteTree>();
        var size = tree.Committed;
        var reader = new TreeReader(tree, size);
        var head = new TreeHead(size, await reader.RootAsync(Cancellation));
        MerkleProof.IsConsistent(signed.Head, head, await reader.ConsistencyAsync(signed.Head.Size, Cancellation)).ShouldBeTrue();
    }

    [Fact]
    public async Task Recover_SecondPlaceSignedMore_IsNotPassedOver()
    {
        await RunAsync(calls: 2);
        foreach (var file in new[] { _settings.Log, _settings.Data.LogTree, _settings.Data.Checkpoint })
        {
            Copy(file, "older-" + Path.GetFileName(file));
        }

        await RunAsync(calls: 3);
        var mirror = Directory.CreateDirectory(Path.Combine(_settings.Data.Root, "mirror")).FullName;
        (await GatewayCommand.RunAsync(
            "log", "recover", "--data", _settings.Data.Root, "--declare-loss", "--mirror", mirror, "--reason", "a test")).Notes.ShouldContain("volume mounted");
        Copy(_settings.Data.Checkpoint, Path.Combine("mirror", "checkpoint"));
        foreach (var file in new[] { _settings.Log, _settings.Data.LogTree, _settings.Data.Checkpoint })
        {
            Copy("older-" + Path.GetFileName(file), file);
        }

        var refused = await GatewayCommand.RunAsync(
            "log", "recover", "--data", _settings.Data.Root, "--declare-loss", "--mirror", mirror, "--reason", "a test");

        refused.ExitCode.ShouldBe(ExitCode.CheckFailed);
        refused.Notes.ShouldContain("name a second place that has the entries with --from");
    }

    [Fact]
    public async Task Serve_LogDeletedBeforeAnythingWasReleased_Refuses()
    {
        await RunAsync(calls: 0);
        File.Delete(_settings.Log);

        var refused = await RefusedAsync();

        refused.ShouldContain($"{_settings.Log} is missing");
        refused.ShouldContain("gateway log recover");
        File.Exists(_settings.Log).ShouldBeFalse();
    }

    [Fact]
    [Row("log entry changed at start")]
    public async Task Serve_LeafEdited_RefusesAndNamesIt()
    {
        await RunAsync(calls: 3);
        using (var log = new SqliteConnection($"Data Source={_settings.Log};Pooling=False"))
        {
            log.Open();
            using var edit = log.CreateCommand();
            edit.CommandText = "UPDATE leaf SET bytes = (SELECT bytes FROM leaf WHERE id = 0) WHERE id = 2";
            edit.ExecuteNonQuery().ShouldBe(1);
        }

        var refused = await RefusedAsync();

        refused.ShouldContain("entry 2 is not the one whose hash the log's tree holds");
        refused.ShouldContain("gateway log verify --data DIR");
    }

    [Fact]
    [Row("log's end removed at start")]
    public async Task Serve_EndOfTheLogRemoved_RefusesAndSaysWhatIsMissing()
    {
        await RunAsync(calls: 3);
        var signed = Kept().Head.Size;
        TamperingOperator.CutOff(_settings, 2);

        var refused = await RefusedAsync();

        refused.ShouldContain($"entries {signed - 2} to {signed - 1} are missing");
        refused.ShouldContain("gateway log recover --data DIR --declare-loss --reason TEXT");
    }

    [Fact]
    [Row("log's tree changed at start")]
    public async Task Serve_TreeChanged_RefusesAndSaysThatItMayBeMovedAway()
    {
        await RunAsync(calls: 3);
        using (var tree = new SqliteConnection($"Data Source={_settings.Data.LogTree};Pooling=False"))
        {
            tree.Open();
            using var edit = tree.CreateCommand();
            edit.CommandText = "UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND number = 0";
            edit.ExecuteNonQuery().ShouldBe(1);
        }

        var refused = await RefusedAsync();

        refused.ShouldContain("is not the one that was signed");
        refused.ShouldContain($"{_settings.Data.LogTree} alone may be moved away");
    }

    [Fact]
    [Row("log key missing at start")]
    public async Task Serve_LogKeyMissing_AsksForItsBackupAndMakesNone()
    {
        await RunAsync(calls: 1);
        File.Delete(_settings.Data.LogKey);

        var refused = await RefusedAsync();

        refused.ShouldContain($"{_settings.Data.LogKey} is missing");
        refused.ShouldContain("Put the key back from its backup");
        File.Exists(_settings.Data.LogKey).ShouldBeFalse();
    }

    [Fact]
    [Row("log's tree missing at start")]
    public async Task Serve_TreeDeleted_IsMadeAnew()
    {
        await RunAsync(calls: 3);
        var signed = Kept();
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(_settings.Data.LogTree + suffix);
        }

        await RunAsync(calls: 1);

        Kept().Head.Size.ShouldBeGreaterThan(signed.Head.Size);
    }

    [Fact]
    public async Task Serve_OriginOfAnotherLog_RefusesAndNamesTheRightOne()
    {
        await RunAsync(calls: 0);
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Log__Origin"] = "other.example/log";

        var (exitCode, errors) = await ServeProcess.RefusesAsync(variables);

        exitCode.ShouldBe(ExitCode.InvalidConfiguration);
        errors.ShouldContain("set Gateway__Log__Origin to shop.example/disclosure-log");
    }

    [Fact]
    public async Task Serve_OriginThatNamesNothing_Refuses()
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Log__Origin"] = "two words";

        (await ServeProcess.RefusesAsync(variables)).Errors.ShouldContain("Gateway__Log__Origin: names no log");
    }

    [Fact]
    public async Task Keys_AddedThenRetired_SignSideBySideBetween()
    {
        await RunAsync(calls: 1);
        var first = (await GatewayCommand.RunAsync("log", "key", "--data", _settings.Data.Root)).Data.Trim();
        (await KeyAsync("retire", first)).Notes.ShouldContain("only key");
        var signedByTheFirst = await File.ReadAllBytesAsync(_settings.Data.Checkpoint, TestContext.Current.CancellationToken);
        var second = (await KeyAsync("add")).Data.Trim();
        (await KeyAsync("retire", first)).Notes.ShouldContain("is not signed by the key that would be left");

        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            var shown = await GatewayCommand.RunAsync("log", "key", "--certs", _settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}");
            shown.Data.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe([first, second]);
            (await KeyAsync("add")).ExitCode.ShouldBe(ExitCode.Refused);
        }

        foreach (var vkey in new[] { first, second })
        {
            NoteVerifier.TryParse(vkey, out var key).ShouldBeTrue();
            Kept([key!]).Head.Size.ShouldBe((await LoggedEntries.ReadAsync(_settings.Log)).Count);
        }

        Directory.CreateDirectory(_settings.Data.Cosigned);
        var cosigned = Path.Combine(_settings.Data.Cosigned, "0a0b0c0d.checkpoint");
        await File.WriteAllBytesAsync(cosigned, signedByTheFirst, TestContext.Current.CancellationToken);
        (await KeyAsync("retire", first)).Notes.ShouldContain("What a witness cosigned last");
        File.Delete(cosigned);
        (await KeyAsync("retire", first)).ExitCode.ShouldBe(ExitCode.Ok);
        await RunAsync(calls: 1);
        (await GatewayCommand.RunAsync("log", "key", "--data", _settings.Data.Root)).Data.Trim().ShouldBe(second);
        (await LoggedEntries.ReadAsync(_settings.Log)).Select(e => e.Administration?.Action).Where(a => a is not null && a.StartsWith("log.key", StringComparison.Ordinal))
            .ShouldBe(["log.key.add", "log.key.retire"]);
    }

    private Task<(int ExitCode, string Data, string Notes)> KeyAsync(params string[] arguments) =>
        GatewayCommand.RunAsync(["log", "key", .. arguments, "--data", _settings.Data.Root, "--reason", "a test"]);

    private async Task RunAsync(int calls)
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");
        for (var i = 0; i < calls; i++)
        {
            await channel.GetShipment(DemoShop.SampleOrder.OrderId);
        }
    }

    private async Task<string> RefusedAsync()
    {
        var (exitCode, errors) = await ServeProcess.RefusesAsync(ServeProcess.Variables(_settings));
        exitCode.ShouldBe(ExitCode.InvalidConfiguration, errors);
        return errors;
    }

    /// <summary>The checkpoint in the file; verified where keys are named.</summary>
    private Checkpoint Kept(NoteVerifier[]? keys = null)
    {
        SignedNote.TryParse(File.ReadAllBytes(_settings.Data.Checkpoint), out var note).ShouldBeTrue();
        Checkpoint.TryParse(note!.Text, out var checkpoint).ShouldBeTrue();
        return keys is null ? checkpoint! : Checkpoint.Verified(note, keys).ShouldNotBeNull();
    }

    private void Copy(string from, string to)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(Path.Combine(_settings.Data.Root, to + suffix));
            if (File.Exists(Path.Combine(_settings.Data.Root, from + suffix)))
            {
                File.Copy(Path.Combine(_settings.Data.Root, from + suffix), Path.Combine(_settings.Data.Root, to + suffix));
            }
        }
    }
}
