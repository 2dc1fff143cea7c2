using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

public sealed class PartnerTraceTests
{
    [Theory]
    [InlineData("00-0123456789abcdef0123456789abcdef-0123456789abcdef-00")]
    [InlineData("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")]
    [InlineData("00-0123456789abcdef0123456789abcdef-0123456789abcdef-ff")]
    public void TryParse_WellFormed_GivesBothIds(string header)
    {
        PartnerTrace.TryParse(header, out var trace).ShouldBeTrue();

        var bytes = new byte[PartnerTrace.Size];
        trace.CopyTo(bytes);
        Convert.ToHexStringLower(bytes).ShouldBe("0123456789abcdef0123456789abcdef0123456789abcdef");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01-0123456789abcdef0123456789abcdef-0123456789abcdef-00")]
    [InlineData("ff-0123456789abcdef0123456789abcdef-0123456789abcdef-00")]
    [InlineData("00-0123456789ABCDEF0123456789abcdef-0123456789abcdef-00")]
    [InlineData("00-00000000000000000000000000000000-0123456789abcdef-00")]
    [InlineData("00-0123456789abcdef0123456789abcdef-0000000000000000-00")]
    [InlineData("00-0123456789abcdef0123456789abcdef-0123456789abcdef-0")]
    [InlineData("00-0123456789abcdef0123456789abcdef-0123456789abcdef-0g")]
    [InlineData("00-0123456789abcdef0123456789abcdef-0123456789abcdef-00-more")]
    [InlineData("00_0123456789abcdef0123456789abcdef-0123456789abcdef-00")]
    [InlineData("00-0123456789abcdef0123456789abcdef 0123456789abcdef-00")]
    [InlineData("00-jan.jansen@example.org0123456789a-0123456789abcdef-00")]
    [InlineData("00-0123456789abcdef0123456789abcdef-0123456789abcdef-00,00")]
    public void TryParse_AnythingElse_IsNoTrace(string? header) => PartnerTrace.TryParse(header, out _).ShouldBeFalse();
}
