using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Gateway.Tests.Telemetry;

public sealed class CanariesTests
{
    private const string Secret = "Zoë O'Hara+4711/x";
    private static readonly Canaries s_canaries = new(Secret, "unrelated-value");

    public static TheoryData<string, byte[]> Writings => new()
    {
        { "as it is", Text(Secret) },
        { "upper case", Text(Secret.ToUpperInvariant()) },
        { "lower case", Text(Secret.ToLowerInvariant()) },
        { "base64", Text(Convert.ToBase64String(Text(Secret))) },
        { "base64 of upper case", Text(Convert.ToBase64String(Text(Secret.ToUpperInvariant()))) },
        { "base64, one byte before", Text(Convert.ToBase64String(Text("x" + Secret))) },
        { "base64, two bytes before", Text(Convert.ToBase64String(Text("xy" + Secret + "more"))) },
        { "base64url", Text(System.Buffers.Text.Base64Url.EncodeToString(Text(Secret))) },
        { "hex", Text(Convert.ToHexStringLower(Text(Secret))) },
        { "HEX", Text(Convert.ToHexString(Text(Secret))) },
        { "HEX with dashes", Text(BitConverter.ToString(Text(Secret))) },
        { "URL-encoded", Text(Uri.EscapeDataString(Secret)) },
        { "URL-encoded, lower case", Text(Uri.EscapeDataString(Secret).ToLowerInvariant()) },
        { "form-encoded", Text(WebUtility.UrlEncode(Secret)) },
        { "JSON", Text(JsonSerializer.Serialize(Secret)) },
        { "JSON escapes in lower case", Text("\\u005a\\u006f\\u00eb\\u0020\\u004f\\u0027\\u0048\\u0061\\u0072\\u0061\\u002b\\u0034\\u0037\\u0031\\u0031\\u002f\\u0078") },
        { "UTF-16 LE", Encoding.Unicode.GetBytes(Secret) },
        { "UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(Secret) },
    };

    [Theory]
    [MemberData(nameof(Writings))]
    public void In_EachWriting_IsFoundAmongOtherBytes(string writing, byte[] written)
    {
        byte[] text = [.. Text("before "), .. written, .. Text(" after")];

        s_canaries.In(text).ShouldContain(h => h.Secret == Secret, writing);
        Should.Throw<ShouldAssertException>(() => s_canaries.ShouldBeAbsentFrom(writing, text));
    }

    [Fact]
    public void In_Base64OfAnythingAround_FindsItAtEveryAlignment() =>
        Gen.Select(Gen.Byte.Array[0, 20], Gen.Byte.Array[0, 20]).Sample((before, after) =>
            s_canaries.In(Convert.ToBase64String([.. before, .. Text(Secret), .. after])).Any(h => h.Form == "base64"));

    [Fact]
    public void In_RandomBytes_FindsNothing() =>
        Gen.Byte.Array[0, 2000].Sample(bytes => s_canaries.In(bytes).Count == 0);

    [Fact]
    public void Files_BelowAFolder_AreSearched()
    {
        var folder = Directory.CreateTempSubdirectory("canaries");
        try
        {
            File.WriteAllBytes(Path.Combine(folder.CreateSubdirectory("sub").FullName, "a.db"), [0xff, 0, .. Text(Secret)]);

            Should.Throw<ShouldAssertException>(() => s_canaries.ShouldBeAbsentFromFiles(folder)).Message.ShouldContain("a.db");
            new Canaries("another-secret").ShouldBeAbsentFromFiles(folder);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Secret_TooShort_IsRefused() => Should.Throw<ArgumentException>(() => new Canaries("abc"));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
