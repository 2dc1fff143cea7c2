using System.Net;
using Gateway.Commands;
using Gateway.Commands.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Demo.Shop;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.LogTree;

/// <summary>The log's tiles on the staff listener of a whole gateway, read as an auditor's tool reads them.</summary>
public sealed class TiledLogPagesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Get_EveryResourceOfACheckpoint_GivesTheLogThatItSigns(string version)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = Client(gateway, "security-analyst", version);
        await CallAsync(gateway, 5);
        var note = await CheckpointAsync(gateway, client, 5);
        var keys = (await client.GetStringAsync(Relative("log.vkey"), Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        NoteVerifier.TryParse(keys.ShouldHaveSingleItem(), out var key).ShouldBeTrue();
        var head = Checkpoint.Verified(note, [key!]).ShouldNotBeNull().Head;
        Checkpoint.TryParse(note.Text, out var checkpoint).ShouldBeTrue();
        checkpoint!.Origin.ShouldBe("shop.example/disclosure-log");
        var log = new StaffTiledLog(client);
        (await new TreeReader(log, head.Size).RootAsync(Cancellation)).ShouldBe(head.Root);
        var entries = EntryBundle.Read(await log.ReadAsync(TiledResource.Entries(0, (int)head.Size), Cancellation));
        var tree = new TileTree();
        entries.ToList().ForEach(e => tree.Append(MerkleHash.OfLeaf(e.Span), (_, _) => { }));
        tree.Root.ShouldBe(head.Root);
        foreach (var scope in entries.Select(e => Protos.Log.V1.Entry.Parser.ParseFrom(e.Span).Scope).Where(s => !s.IsEmpty))
        {
            var bytes = await log.ReadAsync(TiledResource.Scope(new MerkleHash(scope.Span)), Cancellation);
            System.Security.Cryptography.SHA256.HashData(bytes.ShouldNotBeNull()).ShouldBe(scope.ToByteArray());
        }
    }

    [Fact]
    public async Task Get_Entries_AreRecordedAndHashesAreNot()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = Client(gateway, "security-analyst");
        await CallAsync(gateway, 1);
        await CheckpointAsync(gateway, client, 1);

        (await client.GetByteArrayAsync(Relative("tile/0/000.p/1"), Cancellation)).Length.ShouldBe(MerkleHash.Size);
        (await client.GetByteArrayAsync(Relative("tile/entries/000.p/1"), Cancellation)).ShouldNotBeEmpty();

        var read = (await LoggedEntries.ReadAsync(gateway.Settings.Log)).Where(e => e.Administration?.Action == "log.tiles").ShouldHaveSingleItem();
        read.Administration.Actor.ShouldBe("security-analyst");
        read.Administration.Target.ShouldBe("tile/entries/000.p/1");
    }

    [Fact]
    public async Task Get_Headers_AreThoseOfTheStandard()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = Client(gateway, "security-analyst");
        await CallAsync(gateway, 1);
        await CheckpointAsync(gateway, client, 1);

        using var checkpoint = await client.GetAsync(Relative("checkpoint"), Cancellation);
        checkpoint.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        checkpoint.Headers.CacheControl!.NoCache.ShouldBeTrue();
        using var tile = await client.GetAsync(Relative("tile/0/000.p/1"), Cancellation);
        tile.Content.Headers.ContentType!.ToString().ShouldBe("application/octet-stream");
        tile.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromDays(365));
        tile.Headers.CacheControl.Private.ShouldBeTrue();
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "tile/0/000.p/1"), Cancellation);
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentLength.ShouldBe(MerkleHash.Size);
        using var post = await client.PostAsync(Relative("checkpoint"), content: null, Cancellation);
        post.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("tile/0/000", HttpStatusCode.NotFound)]
    [InlineData("tile/0/000.p/255", HttpStatusCode.NotFound)]
    [InlineData("tile/entries/000.p/255", HttpStatusCode.NotFound)]
    [InlineData("tile/63/000.p/1", HttpStatusCode.NotFound)]
    [InlineData("tile/0/x999/x999/x999/x999/x999/999.p/1", HttpStatusCode.NotFound)]
    [InlineData("scopes/0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.NotFound)]
    [InlineData("tile/0/0", HttpStatusCode.BadRequest)]
    [InlineData("tile/64/000", HttpStatusCode.BadRequest)]
    [InlineData("tile/0/000.p/256", HttpStatusCode.BadRequest)]
    [InlineData("tile/../checkpoint/", HttpStatusCode.BadRequest)]
    [InlineData("scopes/xyz", HttpStatusCode.BadRequest)]
    [InlineData("tile", HttpStatusCode.BadRequest)]
    [InlineData("keys/log.key", HttpStatusCode.NotFound)]
    public async Task Get_WhatIsNotThere_IsRefusedAndNotRecorded(string path, HttpStatusCode status)
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = Client(gateway, "security-analyst");

        using var answer = await client.GetAsync(Relative(path), Cancellation);

        answer.StatusCode.ShouldBe(status);
        (await LoggedEntries.ReadAsync(gateway.Settings.Log)).ShouldAllBe(e => e.Administration == null || e.Administration.Action != "log.tiles");
    }

    [Fact]
    public async Task Get_StaffWhoMayNotReadTheLog_GetsTheKeysAlone()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = Client(gateway, "operator");

        foreach (var path in new[] { "checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1" })
        {
            (await client.GetAsync(Relative(path), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        (await client.GetAsync(Relative("log.vkey"), Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Get_FromThePartnerListener_IsNotThere()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var client = MutualTlsChannel.OpenHttp(gateway.Settings.Certificates, "northgate-warehouse", $"localhost:{gateway.Partners}");
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        using var answer = await client.GetAsync(Relative("checkpoint"), Cancellation);

        (answer.Content.Headers.ContentType?.MediaType is "text/plain").ShouldBeFalse();
        (await answer.Content.ReadAsStringAsync(Cancellation)).ShouldBeEmpty();
    }

    private static Uri Relative(string path) => new(path, UriKind.Relative);

    private static HttpClient Client(RunningGateway gateway, string person, string version = "1.1")
    {
        var client = MutualTlsChannel.OpenHttp(gateway.Settings.Certificates, person, $"localhost:{gateway.Staff}");
        client.DefaultRequestVersion = Version.Parse(version);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return client;
    }

    private static async Task CallAsync(RunningGateway gateway, int calls)
    {
        using var channel = gateway.As("northgate-warehouse");
        for (var i = 0; i < calls; i++)
        {
            await channel.GetShipment(DemoShop.SampleOrder.OrderId);
        }
    }

    /// <summary>A checkpoint that covers at least so many calls.</summary>
    private static async Task<SignedNote> CheckpointAsync(RunningGateway gateway, HttpClient client, int calls)
    {
        var entries = await LoggedEntries.ReadAsync(gateway.Settings.Log);
        entries.Count.ShouldBeGreaterThanOrEqualTo(calls);
        await gateway.Services.GetRequiredService<CheckpointFeed>().AfterAsync(entries.Count - 1, Cancellation).AsTask().WaitAsync(PartnerAsks.Patience, Cancellation);
        gateway.Services.GetRequiredService<TreeFollower>().Mismatch.ShouldBeNull();
        SignedNote.TryParse(await client.GetByteArrayAsync(Relative("checkpoint"), Cancellation), out var note).ShouldBeTrue();
        return note!;
    }
}
