using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Subjects;

/// <summary>
/// Reads an assertion more strictly than JWT asks for: each claim of one kind and one spelling, so that no two readers can differ over it.
/// Verifies no signature.
/// </summary>
internal static class AssertionText
{
    /// <summary>Longest time from <c>iat</c> to <c>exp</c>.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How far the account site's clock may be from ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(60);

    /// <summary>Longest id of a subject, characters.</summary>
    public const int MaxSubjectLength = 256;

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>The three parts of compact JWS (RFC 7515); false for encryption's five, for an empty signature, and for anything else.</summary>
    public static bool TrySplit(string assertion, [NotNullWhen(true)] out byte[]? header, [NotNullWhen(true)] out byte[]? payload)
    {
        (header, payload) = (null, null);
        var parts = assertion.Split('.');
        if (parts.Length != 3 || !parts.All(IsBase64Url))
        {
            return false;
        }

        try
        {
            header = Base64Url.DecodeFromChars(parts[0]);
            payload = Base64Url.DecodeFromChars(parts[1]);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>True for <c>alg</c> ES256 with, at most, <c>typ</c> JWT and a key id: what names, brings or asks for another key is refused.</summary>
    public static bool IsPlainHeader(byte[] header) => Read(header, static root =>
    {
        var plain = false;
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "alg" when Text(property.Value) == SubjectAccess.Algorithm:
                    plain = true;
                    break;
                case "typ" when string.Equals(Text(property.Value), "JWT", StringComparison.OrdinalIgnoreCase):
                case "kid" when property.Value.ValueKind == JsonValueKind.String:
                    break;
                default:
                    return null;
            }
        }

        return plain ? "" : null;
    }) is not null;

    /// <summary>The subject, where every claim is as it must be at <paramref name="now"/>.</summary>
    public static string? SubjectOf(byte[] payload, string issuer, DateTimeOffset now) => Read(payload, root =>
    {
        if (Claim(root, "iss") != issuer || Claim(root, "aud") != SubjectAccess.Audience
            || Instant(root, "iat") is not { } issued || Instant(root, "exp") is not { } expires)
        {
            return null;
        }

        var notBefore = root.TryGetProperty("nbf", out _) ? Instant(root, "nbf") : issued;
        var timely = expires > issued && expires - issued <= MaxLifetime && issued <= now + ClockSkew && now - ClockSkew < expires
            && notBefore <= now + ClockSkew;
        return timely && Claim(root, "sub") is { Length: > 0 and <= MaxSubjectLength } subject && !subject.Any(char.IsControl) ? subject : null;
    });

    private static string? Read(byte[] json, Func<JsonElement, string?> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second: a text that is no Unicode.
            return null;
        }
    }

    private static string? Claim(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A NumericDate (RFC 7519), here in whole seconds.
    private static DateTimeOffset? Instant(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
            && seconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static bool IsBase64Url(string part) => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
