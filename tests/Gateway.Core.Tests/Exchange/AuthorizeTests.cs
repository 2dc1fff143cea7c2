using Gateway.Core.Exchange;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Tests.Exchange;

public sealed class AuthorizeTests
{
    private readonly ExchangeScene _scene = new();

    [Theory]
    [InlineData(null, RefusalReason.PurposeRequired)]
    [InlineData("", RefusalReason.PurposeNotGranted)]
    [InlineData(ExchangeContracts.Warehousing, RefusalReason.PurposeNotGranted)]
    [InlineData("ESSENTIAL.FRAUD_DETECTION", RefusalReason.PurposeNotGranted)]
    [InlineData(ExchangeContracts.Payment, null)]
    [InlineData(ExchangeContracts.Fraud, null)]
    public void Purpose_WhereTheContractLeavesAChoice_MustBeOneOfIts(string? purpose, RefusalReason? expected)
    {
        var outcome = Authorize(ExchangeScene.GetCharge, ExchangeContracts.Cedar, purpose);

        outcome.Passed(out var call, out var refusal);
        (refusal?.Reason).ShouldBe(expected);
        (call?.Grant.Grant.Purpose.Key).ShouldBe(expected is null ? purpose : null);
    }

    [Fact]
    public void Purpose_WhereThereIsNoChoice_NeedNotBeNamed()
    {
        Authorize(ExchangeScene.GetShipment, ExchangeContracts.Northgate).Passed(out var call, out _).ShouldBeTrue();

        call!.Grant.Grant.Purpose.Key.ShouldBe(ExchangeContracts.Warehousing);
    }

    [Fact]
    public void Purpose_GrantedForAnotherMethodOnly_IsNotGrantedForThisOne()
    {
        var outcome = Authorize("gateway.payment.v1.PaymentService/WatchCharges", ExchangeContracts.Cedar, ExchangeContracts.Fraud);

        outcome.Passed(out _, out var refusal).ShouldBeFalse();
        refusal!.Reason.ShouldBe(RefusalReason.PurposeNotGranted);
    }

    [Theory]
    [InlineData(null, "order_id,recipient_name,address.street", "phone_number")]
    [InlineData("", "order_id,recipient_name,address.street", "phone_number")]
    [InlineData("address", "address.street", "")]
    [InlineData("gift_message", "", "")]
    [InlineData("order_id, phone_number", "order_id", "phone_number")]
    public void ReadMask_Narrows(string? mask, string released, string transformed)
    {
        Authorize(ExchangeScene.GetShipment, ExchangeContracts.Northgate, mask: mask).Passed(out var call, out _).ShouldBeTrue();

        string.Join(',', call!.Scope.Message.Released).ShouldBe(released);
        string.Join(',', call.Scope.Message.Transformed.Select(t => t.Path)).ShouldBe(transformed);
    }

    [Fact]
    public void ReadMask_UnknownPath_IsRefusedWithoutRepeatingIt()
    {
        var outcome = Authorize(ExchangeScene.GetShipment, ExchangeContracts.Northgate, mask: "order_id,secret_column");

        outcome.Passed(out _, out var refusal).ShouldBeFalse();
        refusal.ShouldBe(new Refusal(RefusalReason.InvalidRequest, Field: ReadMask.MetadataKey, Detail: ReadMask.UnknownPath));
    }

    private Outcome<AuthorizedCall> Authorize(string method, string partner, string? purpose = null, string? mask = null) =>
        AuthorizedCall.Authorize(_scene.Identified(_scene.Open(method, ExchangeScene.Connection(partner), purpose, mask)));
}
