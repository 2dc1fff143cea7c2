using Gateway.Core.Log.Notes;
using Gateway.Tests.Telemetry;
using Gateway.Witnessing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Witness;

/// <summary>The gateway's side, against a real witness.</summary>
public sealed class WitnessLinkTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-witness-");
    private readonly WitnessedLog _log = new();
    private readonly CapturedLogs _lines = new();
    private RunningWitness _witness = null!;
    private WitnessLink _link = null!;

    public async ValueTask InitializeAsync()
    {
        _witness = await RunningWitness.StartAsync(_folder.FullName, [_log.Key]);
        _link = Link();
    }

    public async ValueTask DisposeAsync()
    {
        _link.Dispose();
        await _witness.DisposeAsync();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Submit_AsTheLogGrows_IsCosignedEachTime()
    {
        foreach (var more in new[] { 1, 2, 300, 7 })
        {
            _log.Grow(more);
            var latest = TestLinks.Published(_log);
            _link.IsDue(latest).ShouldBeTrue();

            (await SubmitAsync()).ShouldNotBeNull(_link.State.Trouble);

            _link.State.Cosigned!.Note.VerifiedBy([_witness.Key, _log.Key]).Count.ShouldBe(2);
            _link.IsDue(latest).ShouldBeFalse();
        }

        _witness.Evidence.ShouldBeEmpty();
    }

    [Fact]
    public async Task Submit_ByAGatewayThatForgot_FollowsTheWitness()
    {
        _log.Grow(5);
        await SubmitAsync();
        _log.Grow(4);
        using var restarted = Link();

        (await SubmitAsync(restarted)).ShouldNotBeNull(restarted.State.Trouble);

        restarted.State.Cosigned!.Checkpoint.Head.ShouldBe(_log.Head());
        _lines.Entries.ShouldNotContain(l => l.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Submit_ToAWitnessThatForgot_IsCosignedAndTold()
    {
        _log.Grow(5);
        await SubmitAsync();
        await _witness.DisposeAsync();
        foreach (var file in Directory.GetFiles(_folder.FullName, "witness.db*"))
        {
            File.Delete(file);
        }

        _witness = await RunningWitness.StartAsync(_folder.FullName, [_log.Key], port: _witness.Address.Port);
        using var link = Link();
        link.Resume(_link.State.Cosigned!);
        _log.Grow(2);

        (await SubmitAsync(link)).ShouldNotBeNull(link.State.Trouble);

        _lines.Entries.ShouldContain(l => l.Id.Name == "WitnessWentBack" && l.Message.Contains("0 entries, but had cosigned 5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Submit_OfALogThatWasRolledBack_IsAContradiction()
    {
        _log.Grow(9);
        await SubmitAsync();
        var latest = TestLinks.Published(_log, 6);

        (await _link.SubmitAsync(latest, new TilesOf(_log.Rewritten(6, 6)), Token)).ShouldBeNull();

        _link.State.Contradiction.ShouldBe("it cosigned 9 entries, the log has 6: the log was rolled back");
        _lines.Entries.Count(l => l.Id.Name == "WitnessContradicts" && l.Level == LogLevel.Critical).ShouldBe(1);
        _witness.Evidence.ShouldHaveSingleItem().ShouldStartWith("smaller-6-");
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public async Task Submit_OfALogThatWasRewritten_IsAContradictionUntilTheTrueOneIsBack(int size)
    {
        _log.Grow(9);
        await SubmitAsync();
        var rewritten = _log.Rewritten(keep: 4, size);
        var latest = TestLinks.Published(rewritten);

        for (var i = 0; i < 3; i++)
        {
            (await _link.SubmitAsync(latest, new TilesOf(rewritten), Token)).ShouldBeNull();
        }

        _link.State.Contradiction.ShouldNotBeNull().ShouldContain("rewritten");
        _link.IsDue(latest).ShouldBeFalse("it waits longer each time");
        _lines.Entries.Count(l => l.Id.Name == "WitnessContradicts").ShouldBe(1);
        _witness.Evidence.Length.ShouldBe(1);

        _log.Grow(1);
        (await SubmitAsync()).ShouldNotBeNull();
        _link.State.Contradiction.ShouldBeNull();
    }

    [Fact]
    public async Task Submit_WithoutMemory_OfALogThatWasRewritten_IsAContradiction()
    {
        _log.Grow(9);
        await SubmitAsync();
        var rewritten = _log.Rewritten(keep: 4, size: 12);
        using var restarted = Link();

        (await restarted.SubmitAsync(TestLinks.Published(rewritten), new TilesOf(rewritten), Token)).ShouldBeNull();

        restarted.State.Contradiction.ShouldNotBeNull();
        _witness.Evidence.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Cosignature_OfAnotherKey_IsNone()
    {
        _log.Grow(2);
        using var other = Ed25519Signer.Generate(RunningWitness.Name, NoteVerifier.Cosignature, TimeProvider.System);
        using var link = TestLinks.Of(_witness.Address, other.Verifier, [], _lines);

        (await SubmitAsync(link)).ShouldBeNull();

        link.State.Trouble.ShouldNotBeNull().ShouldContain("without a cosignature of its key");
        link.State.Cosigned.ShouldBeNull();
    }

    [Fact]
    public async Task Witness_ThatDoesNotKnowTheLog_SaysWhoMustAct()
    {
        using var other = new WitnessedLog("other.example/log");
        other.Grow(1);

        (await _link.SubmitAsync(TestLinks.Published(other), new TilesOf(other), Token)).ShouldBeNull();

        _link.State.Trouble.ShouldNotBeNull().ShouldContain("--log");
    }

    [Fact]
    public async Task Witness_ThatIsDown_IsToldOnceAndTriedAgainEverMoreSlowly()
    {
        var clock = new FakeTimeProvider();
        await _witness.DisposeAsync();
        _log.Grow(1);
        using var link = TestLinks.Of(_witness.Address, _witness.Key, [], _lines, clock);
        var latest = TestLinks.Published(_log);
        for (var i = 0; i < 10; i++)
        {
            link.IsDue(latest).ShouldBeTrue();
            (await SubmitAsync(link)).ShouldBeNull();
            link.IsDue(latest).ShouldBeFalse();
            clock.Advance(TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, i + 1))));
        }

        _lines.Entries.Count(l => l.Id.Name == "WitnessFailed").ShouldBe(1);
        link.State.Contradiction.ShouldBeNull();
        _witness = await RunningWitness.StartAsync(_folder.FullName, [_log.Key], port: _witness.Address.Port);
        (await SubmitAsync(link)).ShouldNotBeNull();
        link.State.Trouble.ShouldBeNull();
        _lines.Entries.ShouldContain(l => l.Id.Name == "WitnessRecovered");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private WitnessLink Link() => TestLinks.Of(_witness.Address, _witness.Key, [], _lines);

    private Task<NoteSignature?> SubmitAsync(WitnessLink? link = null) => (link ?? _link).SubmitAsync(TestLinks.Published(_log), new TilesOf(_log), Token);
}
