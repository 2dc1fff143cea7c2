using CsCheck;
using Gateway.Core.Annotations;
using Gateway.Protos.Annotations.V1;
using Grpc.Core;

namespace Gateway.Tests.Wire;

/// <summary>Pages give everything exactly once, in order, and their tokens continue nothing but the call they came from.</summary>
[Collection(WireGroup.Name)]
public sealed class PropertyPagingTests(WireFixture fixture)
{
    private const string Warehousing = "essential.service.fulfillment.warehousing";
    private const string Processing = "essential.service.payment_processing";
    private const string Fraud = "essential.fraud_detection";

    private readonly OracleGateway _oracle = new(fixture.Gateway);

    [Theory]
    [InlineData("northgate-warehouse", "ListShipments", Warehousing)]
    [InlineData("southgate-warehouse", "ListShipments", Warehousing)]
    [InlineData("harbour-carrier", "ListParcels", "essential.service.fulfillment.delivery")]
    [InlineData("cedar-payments", "ListCharges", Processing)]
    [InlineData("cedar-payments", "ListCharges", Fraud)]
    public async Task List_WithAnyPageSize_GivesEverythingOnce(string partner, string name, string purpose)
    {
        using var calls = new WireCalls(fixture.Gateway, partner);
        var method = Method(name);
        var all = Available(partner, method, purpose).Length;
        all.ShouldBeGreaterThan(10);

        await Task.WhenAll(new[] { 1, 13, all - 1, all, all + 1, 0, 249, 250 }.Where(size => size <= 250)
            .Select(size => CheckAsync(calls, partner, method, purpose, size, since: null)));
    }

    [Fact]
    public async Task List_OfRandomSizeAndStart_GivesWhatChangedAfterIt()
    {
        using var calls = new WireCalls(fixture.Gateway, "northgate-warehouse");
        var method = Method("ListShipments");
        var rows = Available("northgate-warehouse", method, Warehousing);
        var instants = Gen.Int[0, rows.Length - 1].Select(Gen.Int[-2, 2], Gen.Bool).Select((row, off, fine) =>
            fine ? rows[row].UpdatedAt.AddTicks(off * 3000) : rows[row].UpdatedAt.AddMilliseconds(off));

        await Gen.Select(Gen.Int[1, 250], instants).SampleAsync(
            async (size, since) => await CheckAsync(calls, "northgate-warehouse", method, Warehousing, size, since), iter: 30, threads: 1);
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z", false)]
    [InlineData("1969-12-31T23:59:59.9999999Z", false)]
    [InlineData("2999-01-01T00:00:00Z", true)]
    [InlineData("9999-12-31T23:59:59.9999999Z", true)]
    public async Task List_ChangedSinceTheEndsOfTime_GivesAllOrNothing(string since, bool nothing)
    {
        using var calls = new WireCalls(fixture.Gateway, "northgate-warehouse");
        var instant = DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture);

        var answer = await calls.UnaryAsync(Method("ListShipments"), WireRequest.List(250, "", instant), null, null);

        answer.Status.ShouldBe(StatusCode.OK, answer.Reason);
        (WireReply.Read(Method("ListShipments"), answer.Messages.Single()).Records.Count == 0).ShouldBe(nothing);
    }

    [Fact]
    public async Task Token_OfAnotherCall_IsRefused()
    {
        using var north = new WireCalls(fixture.Gateway, "northgate-warehouse");
        using var south = new WireCalls(fixture.Gateway, "southgate-warehouse");
        using var cedar = new WireCalls(fixture.Gateway, "cedar-payments");
        var (shipments, charges) = (Method("ListShipments"), Method("ListCharges"));
        var token = await TokenAsync(north, shipments, null, null);
        var masked = await TokenAsync(north, shipments, null, "order_id,address.country");
        var paid = await TokenAsync(cedar, charges, Processing, "payment_id,card_brand");
        var since = DateTimeOffset.UnixEpoch;

        await RefusedAsync(south, shipments, token, null, null, "another partner");
        await RefusedAsync(north, shipments, token, null, "order_id", "another mask");
        await RefusedAsync(north, shipments, masked, null, null, "no mask any more");
        await RefusedAsync(cedar, charges, paid, Fraud, "payment_id,card_brand", "another purpose");
        await RefusedAsync(cedar, charges, token, Processing, null, "another partner and record");
        await RefusedAsync(north, shipments, token, null, null, "another filter", since);
        await RefusedAsync(north, Method("WatchShipments"), token, null, null, "another method");
        var stream = await north.StreamAsync(Method("WatchShipments"), WireRequest.Watch(), null, null, enough: 1);
        await RefusedAsync(north, shipments, WireReply.Read(Method("WatchShipments"), stream.Messages[0]).Token, null, null, "a stream's");

        (await north.UnaryAsync(shipments, WireRequest.List(1, token), Warehousing, "  ")).Status.ShouldBe(StatusCode.OK, "the same call said otherwise");
        (await north.UnaryAsync(shipments, WireRequest.List(250, masked), null, "address.country, order_id")).Status.ShouldBe(StatusCode.OK, "the same mask said otherwise");
    }

    [Fact]
    public async Task Token_ChangedAnywhere_IsRefused()
    {
        using var calls = new WireCalls(fixture.Gateway, "northgate-warehouse");
        var method = Method("ListShipments");
        var token = await TokenAsync(calls, method, null, null);

        // The last character of base64url may carry bits that stand for nothing.
        await Gen.Int[0, token.Length - 2].Select(Gen.Char["ABCXYZabcxyz0189-_"]).SampleAsync(
            async (at, letter) =>
            {
                if (token[at] != letter)
                {
                    await RefusedAsync(calls, method, token[..at] + letter + token[(at + 1)..], null, null, "one letter");
                }
            }, iter: 50, threads: 1);
        foreach (var other in new[] { token[..^4], token[4..], token + "AAAA", token + token, " ", "null", "Ω", new string('A', 4096), new string('A', 5000), "=", "a+/b" })
        {
            await RefusedAsync(calls, method, other, null, null, other);
            await RefusedAsync(calls, Method("WatchShipments"), other, null, null, other);
        }
    }

    [Fact]
    public async Task Request_OutOfItsRange_IsRefusedByField()
    {
        using var calls = new WireCalls(fixture.Gateway, "northgate-warehouse");
        var (list, get, batch) = (Method("ListShipments"), Method("GetShipment"), Method("BatchGetShipments"));
        foreach (var size in new[] { -1, 251, 1000, int.MinValue, int.MaxValue })
        {
            await InvalidAsync(list, WireRequest.List(size), "page_size");
        }

        // A field 3 of seconds, and one of nanos, that no instant has.
        await InvalidAsync(list, [0x1A, 0x0A, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "changed_since");
        await InvalidAsync(list, [0x1A, 0x0B, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "changed_since");
        await InvalidAsync(get, [], "key");
        await InvalidAsync(get, WireRequest.Get(get, "order_id", ""), "order_id");
        await InvalidAsync(get, WireRequest.Get(get, "order_id", new string('x', 257)), "order_id");
        await InvalidAsync(batch, WireRequest.BatchGet(batch, []), "order_ids");
        await InvalidAsync(batch, WireRequest.BatchGet(batch, ["A-1001", ""]), "order_ids");
        await InvalidAsync(batch, WireRequest.BatchGet(batch, Enumerable.Range(0, 101).Select(i => $"A-{i}")), "order_ids");

        var twice = await calls.UnaryAsync(batch, WireRequest.BatchGet(batch, ["A-1002", "A-1001", "A-1002"]), null, null);
        WireReply.Read(batch, twice.Messages.Single()).Records.Count.ShouldBe(2);

        async Task InvalidAsync(ServiceMethod method, byte[] request, string field)
        {
            var answer = await calls.UnaryAsync(method, request, null, null);
            (answer.Status, answer.Reason, answer.Field).ShouldBe((StatusCode.InvalidArgument, "INVALID_REQUEST", field));
        }
    }

    private async Task CheckAsync(WireCalls calls, string partner, ServiceMethod method, string purpose, int size, DateTimeOffset? since)
    {
        var decision = _oracle.Decide(partner, method, purpose, null);
        var expected = Available(partner, method, purpose).Where(r => since is null || r.UpdatedAt > since)
            .Select(r => string.Join('\n', _oracle.Lines(method, r, decision))).ToArray();
        var found = new List<string>();
        var token = "";
        do
        {
            var answer = await calls.UnaryAsync(method, WireRequest.List(size, token, since), purpose, null);
            answer.Status.ShouldBe(StatusCode.OK, answer.Detail);
            var reply = WireReply.Read(method, answer.Messages.Single());
            token = reply.Token;
            (reply.Records.Count == (size == 0 ? 50 : size) || token.Length == 0).ShouldBeTrue("only the last page is short");
            found.AddRange(reply.Records.Select(r => string.Join('\n', WireMessage.Lines(method.Record!.Descriptor, r, new HashSet<string>(StringComparer.Ordinal)))));
        }
        while (token.Length > 0);
        found.SequenceEqual(expected, StringComparer.Ordinal).ShouldBeTrue($"{method.Name} in pages of {size} since {since:O}: {found.Count}, not {expected.Length}");
    }

    private OracleRow[] Available(string partner, ServiceMethod method, string purpose) =>
        [.. _oracle.Available(method, _oracle.Grants(method, partner).Single(g => g.Purpose == purpose))];

    private static async Task<string> TokenAsync(WireCalls calls, ServiceMethod method, string? purpose, string? mask)
    {
        var answer = await calls.UnaryAsync(method, WireRequest.List(1), purpose, mask);
        answer.Status.ShouldBe(StatusCode.OK, answer.Detail);
        return WireReply.Read(method, answer.Messages.Single()).Token;
    }

    private static async Task RefusedAsync(
        WireCalls calls, ServiceMethod method, string token, string? purpose, string? mask, string why, DateTimeOffset? since = null)
    {
        var watch = method.Shape == Shape.Watch;
        var answer = watch
            ? await calls.StreamAsync(method, WireRequest.Watch(token), purpose, mask, enough: 1)
            : await calls.UnaryAsync(method, WireRequest.List(1, token, since), purpose, mask);
        (answer.Status, answer.Reason, answer.Field).ShouldBe(
            (StatusCode.InvalidArgument, "INVALID_REQUEST", watch ? "resume_token" : "page_token"), why);
        answer.Messages.ShouldBeEmpty(why);
    }

    private static ServiceMethod Method(string name) => OracleGateway.Methods.Single(m => m.Name == name);
}
