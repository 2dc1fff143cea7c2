using Gateway.Core.Exchange;
using Gateway.Core.Sources;

namespace Gateway.Core.Tests.Exchange;

public sealed class PageTokensTests
{
    private static readonly Cursor s_cursor = new(ExchangeScene.Start.AddTicks(7), "A-1 ключ");
    private readonly ExchangeScene _scene = new();
    private readonly PageTokens _tokens = new(new ClearSeal());

    [Fact]
    public void Token_OfTheSameCall_GivesThePositionBack()
    {
        var token = _tokens.Write(Shipments(), s_cursor, ExchangeScene.Start, changedSince: ExchangeScene.Start.AddDays(-1));

        _tokens.TryRead(Shipments(), token, ExchangeScene.Start.AddDays(-1), out var cursor, out var time).ShouldBeTrue();
        cursor.ShouldBe(s_cursor);
        time.ShouldBe(ExchangeScene.Start);
    }

    [Fact]
    public void Token_OfAnyOtherCall_IsNoToken()
    {
        var token = _tokens.Write(Shipments(), s_cursor, ExchangeScene.Start, changedSince: null);

        Reads(Shipments(), token).ShouldBeTrue();
        Reads(Shipments("order_id"), token).ShouldBeFalse("another mask");
        Reads(Shipments(method: ExchangeScene.WatchShipments), token).ShouldBeFalse("another method");
        _tokens.TryRead(Shipments(), token, ExchangeScene.Start, out _, out _).ShouldBeFalse("another filter");

        var charges = _tokens.Write(Charges(ExchangeContracts.Payment), s_cursor, ExchangeScene.Start, changedSince: null);
        Reads(Charges(ExchangeContracts.Payment), charges).ShouldBeTrue();
        Reads(Charges(ExchangeContracts.Fraud), charges).ShouldBeFalse("another purpose");
        Reads(Shipments(), charges).ShouldBeFalse("another partner");
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("sealed-")]
    [InlineData("sealed-0011223344556677")]
    public void Token_ThatIsNone_IsRefused(string token) => Reads(Shipments(), token).ShouldBeFalse();

    private bool Reads(AuthorizedCall call, string token) => _tokens.TryRead(call, token, changedSince: null, out _, out _);

    private AuthorizedCall Shipments(string? mask = null, string method = ExchangeScene.ListShipments) => Authorized(_scene.Open(method, mask: mask));

    private AuthorizedCall Charges(string purpose) =>
        Authorized(_scene.Open("gateway.payment.v1.PaymentService/ListCharges", ExchangeScene.Connection(ExchangeContracts.Cedar), purpose, "payment_id"));

    private AuthorizedCall Authorized(OpenCall open) =>
        AuthorizedCall.Authorize(_scene.Identified(open)).Passed(out var call, out var refusal) ? call : throw new ShouldAssertException($"{refusal}");
}
