using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class SpiffeIdTests
{
    [Theory]
    [InlineData("spiffe://shop.example/partner/northgate-warehouse")]
    [InlineData("spiffe://a_b-1.example/x")]
    public void TryParse_WellFormed_Keeps(string text)
    {
        SpiffeId.TryParse(text, out var id).ShouldBeTrue();
        id.Value.ShouldBe(text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("https://shop.example/partner/a")]
    [InlineData("SPIFFE://shop.example/partner/a")]
    [InlineData("spiffe://Shop.example/partner/a")]
    [InlineData("spiffe://shop.example:443/partner/a")]
    [InlineData("spiffe://user@shop.example/partner/a")]
    [InlineData("spiffe://shop.example")]
    [InlineData("spiffe://shop.example/")]
    [InlineData("spiffe://shop.example/a/")]
    [InlineData("spiffe://shop.example//a")]
    [InlineData("spiffe://shop.example/a/../b")]
    [InlineData("spiffe://shop.example/a?x=1")]
    [InlineData("spiffe://shop.example/a#f")]
    [InlineData("spiffe://shop.example/%61")]
    [InlineData("spiffe:///a")]
    [InlineData("spiffe://shop.example/a b")]
    [InlineData("spiffe://shop.example/\u00e9")]
    public void TryParse_Malformed_Refuses(string? text) => SpiffeId.TryParse(text, out _).ShouldBeFalse();
}
