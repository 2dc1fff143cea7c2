using System.Collections.Concurrent;
using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Log.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Wire;

/// <summary>
/// Every demo partner × method × kind of row × ownership × purpose × read mask, over real mutual TLS: what is on the wire is exactly what
/// a second opinion, computed from the files alone, says.
/// </summary>
[Collection(WireGroup.Name)]
public sealed class WireMatrixTests(WireFixture fixture)
{
    private OracleGateway _oracle = new(fixture.Gateway);
    private readonly ConcurrentDictionary<string, (WireCase Case, int Records)> _receipts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, WireCase> _unavailable = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _reasons = new(StringComparer.Ordinal);

    [Theory]
    [InlineData("northgate-warehouse")]
    [InlineData("southgate-warehouse")]
    [InlineData("harbour-carrier")]
    [InlineData("cedar-payments")]
    [InlineData("meridian-mail")]
    [InlineData("lantern-downloads")]
    public async Task EveryCall_ByPartner_ReleasesExactlyWhatContractWindowAndMaskAllow(string partner)
    {
        var (wrong, all) = await RunAsync(partner, _ => true);

        wrong.Take(5).ShouldBeEmpty($"{wrong.Count} of {all} calls; the first:\n{string.Join("\n", wrong.Take(5))}");
        _unavailable.Count.ShouldBe(1, "unknown, foreign and lapsed are told apart:\n" + string.Join("\n", _unavailable));
        _reasons[""].ShouldBeGreaterThan(50);
        _reasons.ShouldContainKey("RECORD_NOT_AVAILABLE");
        await CheckLogAsync(partner, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("northgate-warehouse", "keep_last: 3", "keep_last: 4")]
    [InlineData("northgate-warehouse", "window: 30d", "window: 31d")]
    [InlineData("northgate-warehouse", "max_open: 90d", "max_open: 89d")]
    [InlineData("southgate-warehouse", "lines.sku, ", "")]
    [InlineData("southgate-warehouse", "[gift_message]", "[delivery_instructions]")]
    [InlineData("harbour-carrier", "bucket: 50", "bucket: 51")]
    [InlineData("cedar-payments", "methods: [GetCharge, ListCharges]", "methods: [GetCharge]")]
    [InlineData("cedar-payments", "keep_first: 3", "pseudonym: true")]
    [InlineData("meridian-mail", "basis: legitimate_interests", "basis: consent")]
    [InlineData("lantern-downloads", "window: 14d", "window: 15d")]
    public async Task EveryCall_AgainstAContractThatDiffersInOneWord_IsSeenToDiffer(string partner, string word, string other)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-test-");
        var text = await File.ReadAllTextAsync(
            Path.Combine(fixture.Gateway.Settings.Contracts.FullName, partner + ".yaml"), TestContext.Current.CancellationToken);
        text.ShouldContain(word);
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, partner + ".yaml"), text.Replace(word, other, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        _oracle = new OracleGateway(fixture.Gateway, folder);

        var (wrong, all) = await RunAsync(partner, c => c.Mask is null);

        wrong.Count.ShouldBeInRange(1, all - 1);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Samples_OfTheShop_HoldEveryState()
    {
        var status = OrderStatus();
        var shipments = OracleGateway.Methods.Single(m => m.Name == "GetShipment");
        var rows = _oracle.Samples(shipments, r => status[r.Text("order_id")]);
        foreach (var grant in _oracle.Grants(shipments))
        {
            rows.Where(r => r.Recipient == grant.Partner).Select(r =>
                    (status[r.Text("order_id")], r.ClosedAt is null, OracleRecord.IsAvailable(r, grant, _oracle.Now)))
                .Distinct().ShouldBe(
                [
                    ("open", true, true), ("open", true, false), ("packed", true, true), ("shipped", false, true), ("shipped", false, false),
                    ("cancelled", false, true), ("cancelled", false, false),
                ], ignoreOrder: true, $"{grant.Partner}");
        }

        rows.ShouldContain(r => r.Recipient == null);
    }

    private async Task<(ConcurrentQueue<string> Wrong, int All)> RunAsync(string partner, Func<WireCase, bool> which)
    {
        var cases = new WireCases(_oracle, OrderStatus()).Of(partner).Where(which).ToArray();
        var wrong = new ConcurrentQueue<string>();
        using var calls = new WireCalls(fixture.Gateway, partner);
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(cases, options, async (asked, _) =>
        {
            try
            {
                await CheckAsync(calls, partner, asked);
            }
            catch (ShouldAssertException e)
            {
                wrong.Enqueue($"{asked}: {e.Message}");
            }
        });
        return (wrong, cases.Length);
    }

    private async Task CheckAsync(WireCalls calls, string partner, WireCase asked)
    {
        var decision = _oracle.Decide(partner, asked.Method, asked.Purpose, asked.Mask);
        if (decision.Reason.Length > 0)
        {
            var refused = await AnswerAsync(calls, asked, expected: 1);
            refused.Messages.ShouldBeEmpty();
            refused.Reason.ShouldBe(decision.Reason);
            refused.Trailers.GetValue("gateway-receipt").ShouldNotBeNullOrEmpty();
            _reasons.AddOrUpdate(decision.Reason, 1, (_, n) => n + 1);
            return;
        }

        var rows = Expected(asked, decision.Grant!);
        if (asked.Method.Shape == Shape.List)
        {
            await CheckPagesAsync(calls, asked, decision, rows);
            return;
        }

        var answer = await AnswerAsync(calls, asked, rows.Count);
        if (asked.Method.Shape == Shape.Get && rows.Count == 0)
        {
            answer.Messages.ShouldBeEmpty();
            answer.Reason.ShouldBe("RECORD_NOT_AVAILABLE");
            _unavailable.TryAdd(answer.Face, asked);
            _reasons.AddOrUpdate("RECORD_NOT_AVAILABLE", 1, (_, n) => n + 1);
            return;
        }

        answer.Status.ShouldBe(StatusCode.OK, answer.Detail);
        CheckReplies([.. answer.Messages.Select(m => WireReply.Read(asked.Method, m))], asked, decision, rows);
    }

    private async Task CheckPagesAsync(WireCalls calls, WireCase asked, OracleDecision decision, IReadOnlyList<OracleRow> rows)
    {
        var replies = new List<WireReply>();
        var token = "";
        do
        {
            var page = await calls.UnaryAsync(asked.Method, WireRequest.List(250, token), asked.Purpose, asked.Mask);
            page.Status.ShouldBe(StatusCode.OK, page.Detail);
            replies.Add(WireReply.Read(asked.Method, page.Messages.Single()));
            token = replies[^1].Token;
        }
        while (token.Length > 0);
        CheckReplies(replies, asked, decision, rows);
    }

    private void CheckReplies(List<WireReply> replies, WireCase asked, OracleDecision decision, IReadOnlyList<OracleRow> rows)
    {
        var records = replies.SelectMany(r => r.Records).ToArray();
        records.Length.ShouldBe(rows.Count);
        for (var i = 0; i < records.Length; i++)
        {
            var messages = new HashSet<string>(StringComparer.Ordinal);
            var lines = WireMessage.Lines(asked.Method.Record!.Descriptor, records[i], messages);
            var expected = _oracle.Lines(asked.Method, rows[i], decision);
            if (!lines.SetEquals(expected))
            {
                lines.ShouldBe(expected);
            }

            messages.RemoveWhere(m => decision.Allowed!.Any(a => a == m || a.StartsWith(m + ".", StringComparison.Ordinal)));
            messages.ShouldBeEmpty();
        }

        foreach (var reply in replies)
        {
            Guid.Parse(reply.Receipt.Id).Version.ShouldBe(7);
            var released = reply.Records.Count;
            (reply.Receipt.DeleteBy is not null).ShouldBe(released > 0);
            reply.Receipt.DeleteBy?.ShouldBe(Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(reply.Receipt.Time.ToDateTimeOffset() + decision.Grant!.DeleteAfter));
            _receipts.AddOrUpdate(reply.Receipt.Id, (asked, released), (_, known) => (known.Case, known.Records + released));
        }

        if (replies.Count > 0)
        {
            CheckScope(replies[0].Receipt.Scope, asked, decision);
        }

        _reasons.AddOrUpdate("", 1, (_, n) => n + 1);
    }

    private void CheckScope(Scope scope, WireCase asked, OracleDecision decision)
    {
        var (grant, allowed) = (decision.Grant!, decision.Allowed!);
        (scope.Contract, scope.Purpose, scope.Record).ShouldBe((grant.Contract, grant.Purpose, grant.Record));
        scope.Released.ShouldBe(allowed.Where(p => grant.Fields[p] is null), ignoreOrder: true);
        scope.Transformed.Select(t => $"{t.Path} {t.Transform}").ShouldBe(
            allowed.Where(p => grant.Fields[p] is not null).Select(p => $"{p} {grant.Fields[p]!.Value.Name}: {grant.Fields[p]!.Value.Argument}"), ignoreOrder: true);
        scope.Withheld.Select(w => (w.Path, w.Reason)).ShouldBe(
            _oracle.Record(asked.Method).Leaves.Where(p => !allowed.Contains(p)).Select(p =>
                (p, grant.Fields.ContainsKey(p) ? WithheldReason.NotInReadMask : WithheldReason.NotGranted)),
            ignoreOrder: true);
    }

    private async Task CheckLogAsync(string partner, CancellationToken cancellationToken)
    {
        var found = 0;
        var reader = fixture.Gateway.Services.GetRequiredService<ILogReader>();
        foreach (var leaf in await reader.ReadAsync(0, int.MaxValue, cancellationToken))
        {
            var entry = Entry.Parser.ParseFrom(leaf.Bytes);
            if (_receipts.TryGetValue(new Guid(entry.Receipt.Span, bigEndian: true).ToString(), out var known))
            {
                found++;
                entry.Kind.ShouldBe(Kind.Disclosure);
                entry.Caller.Partner.ShouldBe(partner);
                entry.Method.ShouldBe(known.Case.Method.FullName);
                entry.Purpose.ShouldBe(_oracle.Decide(partner, known.Case.Method, known.Case.Purpose, known.Case.Mask).Grant!.Purpose);
                // A stream that was left has released its whole run, whatever of it was read.
                var records = entry.Records.Length / 16;
                (known.Case.Method.Shape == Shape.Watch ? records >= known.Records : records == known.Records).ShouldBeTrue($"{known}");
            }
        }

        found.ShouldBe(_receipts.Count);
    }

    private IReadOnlyList<OracleRow> Expected(WireCase asked, OracleGrant grant)
    {
        var available = _oracle.Available(asked.Method, grant);
        return asked.Method.Shape switch
        {
            // Of several with one alternate key, the one changed last.
            Shape.Get => [.. available.Where(r => r.Text(asked.KeyField) == asked.Keys[0]).TakeLast(1)],
            Shape.BatchGet => [.. asked.Keys.SelectMany(k => available.Where(r => r.Text(_oracle.Record(asked.Method).Key) == k))],
            Shape.Watch => [.. available.Where(r => r.ClosedAt is null)],
            _ => [.. available],
        };
    }

    private static Task<WireAnswer> AnswerAsync(WireCalls calls, WireCase asked, int expected) => asked.Method.Shape switch
    {
        Shape.Get => calls.UnaryAsync(asked.Method, WireRequest.Get(asked.Method, asked.KeyField, asked.Keys[0]), asked.Purpose, asked.Mask),
        Shape.BatchGet => calls.UnaryAsync(asked.Method, WireRequest.BatchGet(asked.Method, asked.Keys), asked.Purpose, asked.Mask),
        Shape.List => calls.UnaryAsync(asked.Method, WireRequest.List(250), asked.Purpose, asked.Mask),
        _ => calls.StreamAsync(asked.Method, WireRequest.Watch(), asked.Purpose, asked.Mask, expected),
    };

    private Dictionary<string, string> OrderStatus()
    {
        using var shop = DemoShop.Open(fixture.Gateway.Settings.Data.Shop);
        using var command = shop.CreateCommand();
        command.CommandText = "SELECT order_id, status FROM orders";
        using var reader = command.ExecuteReader();
        var status = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            status.Add(reader.GetString(0), reader.GetString(1));
        }

        return status;
    }
}
