using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Gateway.Tests.Telemetry;

/// <summary>In which reading of the searched bytes a pattern is looked for.</summary>
internal enum CanaryView
{
    /// <summary>As they are.</summary>
    Exact,

    /// <summary>With A to Z in lower case, byte by byte.</summary>
    AsciiFolded,

    /// <summary>As UTF-8 text in lower case.</summary>
    TextFolded,
}

/// <summary>One way a secret can be written, as the bytes to look for.</summary>
internal sealed record CanaryForm(string Secret, string Name, CanaryView View, byte[] Pattern)
{
    /// <summary>Every form of the secret.</summary>
    public static IEnumerable<CanaryForm> Of(string secret)
    {
        var utf8 = Encoding.UTF8.GetBytes(secret);
        yield return new(secret, "text", CanaryView.TextFolded, Encoding.UTF8.GetBytes(secret.ToLowerInvariant()));
        foreach (var spelling in (string[])[secret, secret.ToLowerInvariant(), secret.ToUpperInvariant()])
        {
            for (var alignment = 0; alignment < 3; alignment++)
            {
                var base64 = Base64(Encoding.UTF8.GetBytes(spelling), alignment);
                yield return new(secret, "base64", CanaryView.Exact, Encoding.ASCII.GetBytes(base64));
                yield return new(secret, "base64url", CanaryView.Exact, Encoding.ASCII.GetBytes(base64.Replace('+', '-').Replace('/', '_')));
            }

            var hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(spelling));
            yield return Folded(secret, "hex", hex);
            yield return Folded(secret, "hex with dashes", string.Join('-', hex.Chunk(2).Select(c => new string(c))));
        }

        yield return Folded(secret, "URL-encoded", Uri.EscapeDataString(secret));
        yield return Folded(secret, "form-encoded", WebUtility.UrlEncode(secret));
        yield return Folded(secret, "URL-encoded throughout", string.Concat(utf8.Select(b => $"%{b:x2}")));
        yield return Folded(secret, "JSON", JavaScriptEncoder.Default.Encode(secret));
        yield return Folded(secret, "JSON, relaxed", JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret));
        yield return Folded(secret, "JSON throughout", string.Concat(secret.Select(c => $"\\u{(int)c:x4}")));
        yield return new(secret, "UTF-16 LE", CanaryView.AsciiFolded, Fold(Encoding.Unicode.GetBytes(secret)));
        yield return new(secret, "UTF-16 BE", CanaryView.AsciiFolded, Fold(Encoding.BigEndianUnicode.GetBytes(secret)));
    }

    public static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;

    private static CanaryForm Folded(string secret, string name, string text) =>
        new(secret, name, CanaryView.AsciiFolded, Fold(Encoding.UTF8.GetBytes(text)));

    private static byte[] Fold(byte[] bytes) => Array.ConvertAll(bytes, Lower);

    // The digits that depend on the secret alone when `alignment` bytes, modulo 3, come before it and anything after.
    private static string Base64(byte[] secret, int alignment)
    {
        var text = Convert.ToBase64String([.. new byte[alignment], .. secret, 0, 0]);
        var first = ((alignment * 8) + 5) / 6;
        var last = (alignment + secret.Length) * 8 / 6;
        return text[first..last];
    }
}
