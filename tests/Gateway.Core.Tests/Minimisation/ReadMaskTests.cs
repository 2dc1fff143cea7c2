using Gateway.Core.Minimisation;
using static Gateway.Core.Tests.Minimisation.Grants;

namespace Gateway.Core.Tests.Minimisation;

public sealed class ReadMaskTests
{
    private static readonly FieldSet s_granted =
        Of(ChargeRecord, ["payment_id", "billing_address.street", "billing_address.country", "amount"]).Granted;

    [Theory]
    [InlineData(null, "payment_id billing_address.street billing_address.country amount")]
    [InlineData("", "payment_id billing_address.street billing_address.country amount")]
    [InlineData("  ", "payment_id billing_address.street billing_address.country amount")]
    [InlineData("amount", "amount")]
    [InlineData(" amount ,\tpayment_id,amount", "payment_id amount")]
    [InlineData("billing_address", "billing_address.street billing_address.country")]
    [InlineData("email", "")]
    [InlineData("email,billing_address.locality,payment_id", "payment_id")]
    public void TryApply_KnownPaths_Narrows(string? value, string expected)
    {
        ReadMask.TryApply(ChargeRecord, s_granted, value, out var allowed, out var error).ShouldBeTrue();

        error.ShouldBeNull();
        string.Join(' ', allowed!.Leaves(ChargeRecord).Select(l => l.Path)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("emali")]
    [InlineData(",")]
    [InlineData("payment_id,")]
    [InlineData("payment_id,,amount")]
    [InlineData("amount.units")]
    [InlineData("billing_address.")]
    [InlineData(".payment_id")]
    [InlineData("Payment_Id")]
    [InlineData("billing address")]
    [InlineData("*")]
    [InlineData("payment_id;amount")]
    public void TryApply_UnknownPath_IsAnErrorThatEchoesNothing(string value)
    {
        ReadMask.TryApply(ChargeRecord, s_granted, value, out var allowed, out var error).ShouldBeFalse();

        allowed.ShouldBeNull();
        error.ShouldBe(ReadMask.UnknownPath);
    }

    [Fact]
    public void TryApply_Oversized_IsAnError()
    {
        var longest = "amount" + new string(' ', ReadMask.MaxLength - 6);

        ReadMask.TryApply(ChargeRecord, s_granted, longest, out _, out _).ShouldBeTrue();
        ReadMask.TryApply(ChargeRecord, s_granted, longest + " ", out _, out var error).ShouldBeFalse();
        error.ShouldBe(ReadMask.TooLong);
    }
}
