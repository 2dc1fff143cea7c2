using Gateway.Core.Exchange;

namespace Gateway.Core.Tests.Exchange;

public sealed class WatchResumeTests
{
    private readonly ExchangeScene _scene = new();

    [Fact]
    public async Task Resume_SendsWhatChangedMeanwhile()
    {
        _scene.PutShipment("A-1", updated: ExchangeScene.Start.AddHours(-1));
        _scene.PutShipment("A-2", updated: ExchangeScene.Start.AddMinutes(-1));
        var token = await TokenOfAStreamThatEndedAsync();
        _scene.Clock.Advance(TimeSpan.FromHours(1));
        _scene.PutShipment("A-1", updated: ExchangeScene.Start.AddMinutes(30));
        _scene.PutShipment("A-3", updated: ExchangeScene.Start.AddMinutes(31));

        using var watch = await RunningWatch.StartAsync(_scene, token);

        // What changed within the overlap before the token may come again; what is older does not.
        watch.Keys.Except(["A-2"], StringComparer.Ordinal).ShouldBe(["A-1", "A-3"]);
    }

    [Fact]
    public async Task Resume_TellsDeparturesOfWhatTheLogSaysWasGivenAndOfNothingElse()
    {
        _scene.PutShipment("A-closed");
        _scene.PutShipment("A-moved");
        _scene.Source.Put(_scene.PutShipment("A-old") with { OpenedAt = ExchangeScene.Start.AddDays(-90).AddHours(1).AddSeconds(2) });
        var token = await TokenOfAStreamThatEndedAsync();
        _scene.Clock.Advance(TimeSpan.FromHours(1));
        var then = ExchangeScene.Start.AddMinutes(30);
        _scene.Source.Change("A-closed", r => r with { ClosedAt = then, UpdatedAt = then });
        _scene.Source.Change("A-moved", r => r with { Recipient = "southgate-warehouse", UpdatedAt = then });
        _scene.Source.Put(_scene.PutShipment("A-never", subject: "s-A-closed", updated: then) with { ClosedAt = then });
        _scene.PutShipment("A-foreign", updated: then, recipient: "southgate-warehouse");

        using var watch = await RunningWatch.StartAsync(_scene, token);
        for (var i = 0; i < 30; i++)
        {
            await RunningWatch.RoundAsync(_scene, watch);
        }

        // Still open when the stream resumes, and within the overlap before the token; it expires while the stream runs.
        watch.Keys.ShouldBe(["A-old"]);
        watch.Tombstones.Order(StringComparer.Ordinal).ShouldBe(["A-closed Closed", "A-moved Withdrawn", "A-old Expired"]);
    }

    [Fact]
    public async Task Resume_InTheMiddleOfTheFirstRuns_GoesOnWhereTheTokenStands()
    {
        for (var i = 0; i < 300; i++)
        {
            _scene.PutShipment($"A-{i:d3}", updated: ExchangeScene.Start.AddMinutes(i - 600));
        }

        using var first = await RunningWatch.StartAsync(_scene);
        await first.CancelAsync();

        using var watch = await RunningWatch.StartAsync(_scene, first.Received[99].ResumeToken);

        // The last one given comes again: reads overlap by seconds, and these rows are minutes apart.
        watch.Keys.ShouldBe(Enumerable.Range(99, 201).Select(i => $"A-{i:d3}"));
    }

    [Theory]
    [InlineData("no token")]
    [InlineData("sealed-00")]
    public async Task Resume_WithNoTokenOfOurs_IsRefusedAndRecorded(string token)
    {
        using var watch = await RunningWatch.StartAsync(_scene, token);

        (await watch.Ended).ShouldBe(new Refusal(RefusalReason.InvalidRequest, Field: "resume_token", Detail: "is no token of ours for this call"));
        _scene.Entries.Single().Refusal.ShouldBe("INVALID_REQUEST");
    }

    [Fact]
    public async Task Resume_WithAnotherReadMask_IsRefused()
    {
        _scene.PutShipment("A-1");
        var token = await TokenOfAStreamThatEndedAsync();

        using var watch = await RunningWatch.StartAsync(_scene, token, _scene.Open(ExchangeScene.WatchShipments, mask: "order_id"));

        (await watch.Ended)!.Reason.ShouldBe(RefusalReason.InvalidRequest);
    }

    private async Task<string> TokenOfAStreamThatEndedAsync()
    {
        using var first = await RunningWatch.StartAsync(_scene);
        await first.CancelAsync();
        await first.Ended;
        return first.Received[^1].ResumeToken;
    }
}
