using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Subjects;

namespace Gateway.Core.Tests.Subjects;

/// <summary>An assertion for exactly one subject, and everything that is none.</summary>
public sealed class SubjectAccessTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly SubjectAccess _access;

    public SubjectAccessTests() => _access = new SubjectAccess("account-site", [Parse(_key), Parse(_next)]);

    [Fact]
    public async Task Assertion_OfEitherKey_NamesItsSubject()
    {
        (await AskAsync(TestAssertions.Of(_key, "c-0007", s_now))).ShouldBe("c-0007");
        (await AskAsync(TestAssertions.Of(_next, "c-0008", s_now))).ShouldBe("c-0008");
        (await AskAsync(TestAssertions.Sign(_key, """{"alg":"ES256","kid":"whatever"}""", TestAssertions.Payload("c-0007", s_now)))).ShouldBe("c-0007");
        (await AskAsync(TestAssertions.Of(_key, new string('x', 256), s_now))).ShouldBe(new string('x', 256));
    }

    [Fact]
    public async Task Assertion_OfAnotherKey_IsNone() => (await AskAsync(TestAssertions.Of(_stranger, "c-0007", s_now))).ShouldBeNull();

    [Fact]
    public async Task Assertion_OfAWithdrawnKey_IsNone()
    {
        var next = new SubjectAccess("account-site", [Parse(_next)]);

        (await next.SubjectOfAsync(TestAssertions.Of(_key, "c-0007", s_now), s_now)).ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("not an assertion")]
    public async Task NoAssertion_IsNone(string? text) => (await AskAsync(text)).ShouldBeNull();

    [Fact]
    public async Task Assertion_Unsigned_IsNone()
    {
        var payload = TestAssertions.Payload("c-0007", s_now);
        foreach (var alg in (string[])["none", "None", "NONE", "nOnE", ""])
        {
            (await AskAsync(TestAssertions.Join($$"""{"alg":"{{alg}}"}""", payload, _ => []))).ShouldBeNull(alg);
        }

        (await AskAsync(TestAssertions.Join(TestAssertions.Header, payload, _ => []))).ShouldBeNull();
        (await AskAsync(TestAssertions.Join(TestAssertions.Header, payload, _ => new byte[64]))).ShouldBeNull();
    }

    [Fact]
    public async Task Assertion_ByAMacUnderThePublicKey_IsNone()
    {
        var payload = TestAssertions.Payload("c-0007", s_now);
        byte[][] secrets = [_key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(AssertionKey.TextOf(_key)), Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem())];
        foreach (var secret in secrets)
        {
            (await AskAsync(TestAssertions.Join("""{"alg":"HS256"}""", payload, t => HMACSHA256.HashData(secret, t)))).ShouldBeNull();
            (await AskAsync(TestAssertions.Join(TestAssertions.Header, payload, t => HMACSHA256.HashData(secret, t)))).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Assertion_OfAnotherAlgorithm_IsNone()
    {
        using var rsa = RSA.Create(2048);
        var payload = TestAssertions.Payload("c-0007", s_now);

        (await AskAsync(TestAssertions.Join("""{"alg":"RS256"}""", payload, t => rsa.SignData(t, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)))).ShouldBeNull();
        (await AskAsync(TestAssertions.Join("""{"alg":"ES384"}""", payload, t => _key.SignData(t, HashAlgorithmName.SHA384)))).ShouldBeNull();
        (await AskAsync(TestAssertions.Join("""{"alg":"es256"}""", payload, t => _key.SignData(t, HashAlgorithmName.SHA256)))).ShouldBeNull();
        (await AskAsync(TestAssertions.Join("""{"alg":"ES256","alg":"none"}""", payload, t => _key.SignData(t, HashAlgorithmName.SHA256)))).ShouldBeNull();
        // The encoding of X.509, which JWS does not use.
        (await AskAsync(TestAssertions.Join(
            TestAssertions.Header, payload, t => _key.SignData(t, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)))).ShouldBeNull();
    }

    [Fact]
    public async Task Assertion_ThatBringsOrNamesItsKey_IsNone()
    {
        var point = _stranger.ExportParameters(includePrivateParameters: false).Q;
        var jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        string[] headers =
        [
            $$"""{"alg":"ES256","jwk":{{jwk}}}""", """{"alg":"ES256","jku":"https://keys.example/jwks"}""",
            """{"alg":"ES256","x5u":"https://keys.example/a.pem"}""", """{"alg":"ES256","x5c":["MIIB"]}""",
            """{"alg":"ES256","kid":"../../../dev/null"}""", $$"""{"alg":"ES256","kid":"{{AssertionKey.TextOf(_key)}}"}""", """{"alg":"ES256","kid":""}""",
        ];
        foreach (var header in headers)
        {
            (await AskAsync(TestAssertions.Sign(_stranger, header, TestAssertions.Payload("c-0007", s_now)))).ShouldBeNull(header);
        }

        string[] refused = [.. headers[..4], """{"alg":"ES256","crit":["b64"],"b64":false}""", """{"alg":"ES256","typ":"dpop+jwt"}""", """{"alg":"ES256","kid":7}""", """["alg"]"""];
        foreach (var header in refused)
        {
            (await AskAsync(TestAssertions.Sign(_key, header, TestAssertions.Payload("c-0007", s_now)))).ShouldBeNull(header);
        }
    }

    [Theory]
    [InlineData("\"iss\":\"account-site\"", "\"iss\":\"account-site2\"")]
    [InlineData("\"iss\":\"account-site\"", "\"iss\":\"Account-Site\"")]
    [InlineData("\"iss\":\"account-site\",", "")]
    [InlineData("\"aud\":\"gateway.subject.v1\"", "\"aud\":\"gateway.contract.v1\"")]
    [InlineData("\"aud\":\"gateway.subject.v1\"", "\"aud\":[\"gateway.subject.v1\",\"other\"]")]
    [InlineData("\"aud\":\"gateway.subject.v1\",", "")]
    [InlineData("\"sub\":\"c-0007\"", "\"sub\":\"\"")]
    [InlineData("\"sub\":\"c-0007\"", "\"sub\":7")]
    [InlineData("\"sub\":\"c-0007\"", "\"sub\":null")]
    [InlineData("\"sub\":\"c-0007\"", "\"sub\":[\"c-0007\"]")]
    [InlineData("\"sub\":\"c-0007\"", "\"sub\":\"c-0007\",\"sub\":\"c-0008\"")]
    [InlineData("\"sub\":\"c-0007\"", "\"sub\":\"c-0007\\u0000\"")]
    [InlineData("\"sub\":\"c-0007\"", "\"sub\":\"c-0007\\ud800\"")]
    [InlineData("\"sub\":\"c-0007\",", "")]
    public async Task Assertion_WithAWrongClaim_IsNone(string right, string wrong)
    {
        var payload = TestAssertions.Payload("c-0007", s_now);
        payload.ShouldContain(right);

        (await AskAsync(TestAssertions.Sign(_key, TestAssertions.Header, payload.Replace(right, wrong, StringComparison.Ordinal)))).ShouldBeNull();
    }

    [Fact]
    public async Task Assertion_ForTooLongASubject_IsNone() => (await AskAsync(TestAssertions.Of(_key, new string('x', 257), s_now))).ShouldBeNull();

    [Theory]
    [InlineData("0", "300", true)]
    [InlineData("0", "301", false)]
    [InlineData("0", "0", false)]
    [InlineData("0", "-1", false)]
    [InlineData("60", "360", true)]
    [InlineData("61", "360", false)]
    [InlineData("-300", "0", true)]
    [InlineData("-359", "-59", true)]
    [InlineData("-360", "-60", false)]
    [InlineData("-100000", "300", false)]
    public async Task Lifetime_FiveMinutesAndAMinutesSkew_Exactly(string issued, string expires, bool isOne)
    {
        long At(string seconds) => s_now.ToUnixTimeSeconds() + long.Parse(seconds, CultureInfo.InvariantCulture);
        var payload = $$"""{"iss":"account-site","aud":"gateway.subject.v1","sub":"c-0007","iat":{{At(issued)}},"exp":{{At(expires)}}}""";

        (await AskAsync(TestAssertions.Sign(_key, TestAssertions.Header, payload)) is not null).ShouldBe(isOne);
    }

    [Theory]
    [InlineData(""" "iat":{0},"exp":{1}.5 """)]
    [InlineData(""" "iat":{0},"exp":"{1}" """)]
    [InlineData(""" "iat":{0} """)]
    [InlineData(""" "exp":{1} """)]
    [InlineData(""" "iat":{0},"exp":null """)]
    [InlineData(""" "iat":{0},"exp":1e30 """)]
    [InlineData(""" "iat":-1,"exp":{1} """)]
    [InlineData(""" "iat":{0},"exp":{1},"nbf":{1} """)]
    [InlineData(""" "iat":{0},"exp":{1},"nbf":"now" """)]
    public async Task Times_OfAnotherForm_AreNone(string times)
    {
        var at = times.Replace("{0}", $"{s_now.ToUnixTimeSeconds()}", StringComparison.Ordinal)
            .Replace("{1}", $"{s_now.ToUnixTimeSeconds() + 300}", StringComparison.Ordinal);

        (await AskAsync(TestAssertions.Sign(
            _key, TestAssertions.Header, $$"""{"iss":"account-site","aud":"gateway.subject.v1","sub":"c-0007",{{at}}}"""))).ShouldBeNull();
    }

    [Fact]
    public async Task Assertion_ChangedInAnyCharacter_IsNoneOrTheSame()
    {
        var right = TestAssertions.Of(_key, "c-0007", s_now);
        for (var i = 0; i < right.Length; i += 3)
        {
            var changed = right.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';

            (await AskAsync(new string(changed)) is null or "c-0007").ShouldBeTrue();
        }

        (await AskAsync(right + " ")).ShouldBeNull();
        (await AskAsync(right + ".")).ShouldBeNull();
        (await AskAsync($"{right},{right}")).ShouldBeNull();
        (await AskAsync(right.PadRight(5000, 'A'))).ShouldBeNull();
    }

    [Fact]
    public void Key_OnAnotherCurveOrInAnotherSpelling_IsNone()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var right = AssertionKey.TextOf(_key);
        AssertionKey.TryParse(right, out _).ShouldBeTrue();
        foreach (var wrong in (string[])[AssertionKey.TextOf(p384), right + "A", right + "=", right.ToUpperInvariant(), right[6..], "es256:", "", "es256:" + right])
        {
            AssertionKey.TryParse(wrong, out _).ShouldBeFalse(wrong);
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _next.Dispose();
        _stranger.Dispose();
    }

    private ValueTask<string?> AskAsync(string? assertion) => _access.SubjectOfAsync(assertion, s_now);

    private static AssertionKey Parse(ECDsa key) => AssertionKey.TryParse(AssertionKey.TextOf(key), out var parsed) ? parsed : throw new InvalidOperationException("no key");
}
