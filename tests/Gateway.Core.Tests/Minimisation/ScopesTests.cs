using System.Security.Cryptography;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Protos.Log.V1;
using static Gateway.Core.Tests.Minimisation.Grants;

namespace Gateway.Core.Tests.Minimisation;

public sealed class ScopesTests
{
    private static readonly Partner s_recipient =
        new("northgate-warehouse", "Northgate Fulfilment Ltd", PartnerRole.Processor, "US", "DPF", "", "");

    private static Scopes New() => new(new string('a', 64), s_recipient, Of(ChargeRecord,
    [
        ("order_id", null), ("payment_id", null), ("card_last4", new Transform.KeepLast(2)), ("amount", null),
    ]));

    [Fact]
    public void Full_TellsReleasedTransformedAndWithheldInTheRecordsOrder()
    {
        var scope = New().Full.Message;

        scope.Released.ShouldBe(["payment_id", "order_id", "amount"]);
        scope.Transformed.ShouldBe([new Scope.Types.Transformed { Path = "card_last4", Transform = "keep_last: 2" }]);
        scope.Withheld.ShouldAllBe(w => w.Reason == WithheldReason.NotGranted);
        scope.Released.Concat(scope.Transformed.Select(t => t.Path)).Concat(scope.Withheld.Select(w => w.Path))
            .ShouldBe(ChargeRecord.Leaves.Select(l => l.Path), ignoreOrder: true);
        scope.DeleteAfter.ToTimeSpan().ShouldBe(Of(ChargeRecord, ["order_id"]).DeleteAfter);
        (scope.RecipientName, scope.Country, scope.Safeguard).ShouldBe(("Northgate Fulfilment Ltd", "US", "DPF"));
        (scope.Contract, scope.Purpose, scope.Record, scope.Revision)
            .ShouldBe(("northgate-warehousing", "essential.service", "gateway.payment.v1.Charge", new string('a', 64)));
    }

    [Fact]
    public void Of_Narrowed_TellsWhatTheMaskLeftOut()
    {
        var scopes = New();
        ReadMask.TryApply(ChargeRecord, Of(ChargeRecord, ["order_id", "payment_id", "card_last4", "amount"]).Granted, "amount,email", out var allowed, out _);

        var scope = scopes.Of(allowed!).Message;

        scope.Released.ShouldBe(["amount"]);
        scope.Transformed.ShouldBeEmpty();
        scope.Withheld.Where(w => w.Reason == WithheldReason.NotInReadMask).Select(w => w.Path).ShouldBe(["payment_id", "order_id", "card_last4"]);
        scope.Withheld.Single(w => w.Path == "email").Reason.ShouldBe(WithheldReason.NotGranted);
    }

    [Fact]
    public void Stored_HoldsTheBytesAndTheirHash()
    {
        var stored = New().Full.Stored;

        Scope.Parser.ParseFrom(stored.Bytes.Span).ShouldBe(New().Full.Message);
        stored.Hash.ToArray().ShouldBe(SHA256.HashData(stored.Bytes.Span));
        New().Full.Stored.Bytes.ToArray().ShouldBe(stored.Bytes.ToArray());
    }

    [Fact]
    public void Of_SameSet_IsBuiltOnce()
    {
        var scopes = New();
        var granted = Of(ChargeRecord, ["order_id", "payment_id", "card_last4", "amount"]).Granted;
        FieldSet One() => Of(ChargeRecord, ["amount"]).Granted;

        scopes.Of(One()).ShouldBeSameAs(scopes.Of(One()));
        scopes.Of(granted).ShouldBeSameAs(scopes.Full);
    }

    [Fact]
    public void Of_MoreSetsThanAreKept_AnswersStillAndKeepsNoMore()
    {
        var scopes = new Scopes("r", s_recipient, Of(ChargeRecord, ChargeRecord.Leaves.Select(l => l.Path)));

        for (var i = 1; i <= 600; i++)
        {
            var mask = FieldSet.Of(ChargeRecord, ChargeRecord.Leaves.Where(l => (i >> l.Index & 1) != 0 && l.Index < 10));
            scopes.Of(mask).Message.Released.Count.ShouldBe(int.PopCount(i & 1023));
        }

        scopes.Kept.ShouldBe(Scopes.MaxKept);
    }
}
