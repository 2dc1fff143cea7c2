using System.Security.Cryptography;
using CsCheck;
using Gateway.Core.Log;

namespace Gateway.Core.Tests.Log;

public sealed class SubjectKeyTests
{
    [Fact]
    public void Derived_AnyKey_AreHmacsUnderItOfTextsThatNoRecordCanHave() => Gen.Byte.Array[SubjectKey.Size].Sample(bytes =>
    {
        var key = new SubjectKey(bytes);

        key.Pseudonym.ToString().ShouldBe(Hex(bytes, "subject"u8));
        key.Mark.ToString().ShouldBe(Hex(bytes, "erasure"u8));
        key.OfRecord("erasure", "").ToString().ShouldBe(Hex(bytes, "erasure\0"u8));
    });

    [Fact]
    public void Mark_AnyBytes_IsParsedFromItsText() => Gen.Byte.Array[SubjectMark.Size].Sample(bytes =>
    {
        var mark = new SubjectMark(bytes);

        mark.ToString().ShouldBe(Convert.ToHexStringLower(bytes));
        SubjectMark.TryParse(mark.ToString(), out var parsed).ShouldBeTrue();
        parsed.ShouldBe(mark);
    });

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789abcdef 123456789abcdef")]
    public void Mark_OtherText_IsNone(string text) => SubjectMark.TryParse(text, out _).ShouldBeFalse();

    private static string Hex(byte[] key, ReadOnlySpan<byte> text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, text)[..16]);
}
