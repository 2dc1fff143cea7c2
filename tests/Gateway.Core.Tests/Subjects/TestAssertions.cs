using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Tests.Subjects;

/// <summary>Assertions made by hand, right or wrong in one thing.</summary>
internal static class TestAssertions
{
    public const string Header = """{"alg":"ES256","typ":"JWT"}""";

    public static string Payload(string subject, DateTimeOffset now, string issuer = "account-site") =>
        $$"""{"iss":"{{issuer}}","aud":"gateway.subject.v1","sub":"{{subject}}","iat":{{now.ToUnixTimeSeconds()}},"exp":{{now.ToUnixTimeSeconds() + 300}}}""";

    /// <summary>A right one.</summary>
    public static string Of(ECDsa key, string subject, DateTimeOffset now, string issuer = "account-site") => Sign(key, Header, Payload(subject, now, issuer));

    public static string Sign(ECDsa key, string header, string payload) =>
        Join(header, payload, text => key.SignData(text, HashAlgorithmName.SHA256));

    /// <summary>Signed however the test wants it.</summary>
    public static string Join(string header, string payload, Func<byte[], byte[]> sign)
    {
        var text = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{text}.{Encode(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    public static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
