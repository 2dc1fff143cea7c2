using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Identity;

/// <summary>
/// A SPIFFE ID, per the SPIFFE-ID standard: scheme <c>spiffe</c>, lower-case trust domain, a path of at least one segment; no port,
/// user info, query, fragment, percent-encoding, empty or dot segment; at most 2,048 bytes.
/// </summary>
public readonly record struct SpiffeId
{
    private const string Scheme = "spiffe://";

    private SpiffeId(string value) => Value = value;

    /// <summary>The URI as written.</summary>
    public string Value { get; }

    /// <summary>Parses a SPIFFE ID; false when it is not well-formed.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SpiffeId id)
    {
        id = default;
        if (text is null || text.Length > 2048 || !text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = text[Scheme.Length..].Split('/');
        if (parts.Length < 2 || !IsTrustDomain(parts[0]) || !parts.Skip(1).All(IsSegment))
        {
            return false;
        }

        id = new SpiffeId(text);
        return true;
    }

    private static bool IsTrustDomain(string part) =>
        part.Length is > 0 and <= 255 && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');

    private static bool IsSegment(string part) =>
        part.Length > 0 && part is not "." and not ".." && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    public override string ToString() => Value;
}
