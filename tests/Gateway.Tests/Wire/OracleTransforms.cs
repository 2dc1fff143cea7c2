using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Tests.Wire;

/// <summary>The transforms of contracts, written a second time from their description.</summary>
internal sealed class OracleTransforms(byte[] masterKey)
{
    public string Text(string text, (string Name, string Argument)? transform, string partner, FieldDescriptor leaf) => transform switch
    {
        null => text,
        ("keep_last", var n) => Elements(text) is var all && all.Length > Int(n) ? string.Concat(all[^Int(n)..]) : "",
        ("keep_first", var n) => Elements(text) is var all && all.Length > Int(n) ? string.Concat(all[..Int(n)]) : "",
        ("pseudonym", "true") => Pseudonym(text, partner, leaf.GetOptions().GetExtension(AnnotationsExtensions.Field).Category),
        _ => throw new NotSupportedException(transform.ToString()),
    };

    public static long Number(long number, (string Name, string Argument)? transform) => transform switch
    {
        null => number,
        ("bucket", var n) => Floor(number, Int(n)),
        _ => throw new NotSupportedException(transform.ToString()),
    };

    public static IEnumerable<(string Part, string Text)> Money(string amount, string currency, (string Name, string Argument)? transform)
    {
        var exact = decimal.Parse(amount, CultureInfo.InvariantCulture);
        var units = decimal.Truncate(exact);
        var nanos = (exact - units) * 1_000_000_000m;
        if (transform is not null)
        {
            (units, nanos) = (Number((long)decimal.Floor(exact), transform), 0);
        }

        return [(".currency_code", currency), (".units", $"{units:0}"), (".nanos", $"{nanos:0}")];
    }

    public static IEnumerable<(string Part, string Text)> Instant(string text, (string Name, string Argument)? transform)
    {
        transform.ShouldBeNull();
        var ticks = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        return [(".seconds", $"{ticks / TimeSpan.TicksPerSecond}"), (".nanos", $"{ticks % TimeSpan.TicksPerSecond * 100}")];
    }

    private string Pseudonym(string text, string partner, string category)
    {
        if (text.Length == 0)
        {
            return "";
        }

        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, 32, info: Encoding.UTF8.GetBytes("gateway partner pseudonym v1\0" + partner));
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"gateway pseudonym v1\0{category}\0{text}"));
        return Convert.ToBase64String(hash[..16]).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private static string[] Elements(string text)
    {
        var starts = StringInfo.ParseCombiningCharacters(text);
        return [.. starts.Select((start, i) => text[start..(i + 1 < starts.Length ? starts[i + 1] : text.Length)])];
    }

    private static long Floor(long number, long size) => (long)Math.Floor((decimal)number / size) * size;

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
