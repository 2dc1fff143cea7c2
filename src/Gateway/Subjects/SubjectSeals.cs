using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.Subjects;

/// <summary>Seals what subjects are given to bring back, each kind under a key of its own: no page token is a link.</summary>
internal sealed class SubjectSeals(IDataProtectionProvider provider)
{
    private const int BindingSize = 16;

    private readonly IDataProtector _pages = provider.CreateProtector("gateway.subject-pages.v1");
    private readonly IDataProtector _links = provider.CreateProtector("gateway.preference-links.v1");

    /// <summary>A position in a subject's disclosures, of no use for any other subject or partner.</summary>
    public string SealPage(string partner, string subjectId, long before)
    {
        var content = new byte[BindingSize + sizeof(long)];
        Bind(partner, subjectId, content);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(BindingSize), before);
        return WebEncoders.Base64UrlEncode(_pages.Protect(content));
    }

    /// <summary>The position; false for anything else.</summary>
    public bool TryOpenPage(string token, string partner, string subjectId, out long before)
    {
        before = 0;
        Span<byte> binding = stackalloc byte[BindingSize];
        Bind(partner, subjectId, binding);
        if (!TryOpen(_pages, token, out var content) || content.Length != BindingSize + sizeof(long)
            || !CryptographicOperations.FixedTimeEquals(binding, content.AsSpan(0, BindingSize)))
        {
            return false;
        }

        before = BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(BindingSize));
        return true;
    }

    public string SealLink(PreferenceLink link) => WebEncoders.Base64UrlEncode(_links.Protect(link.ToBytes()));

    /// <summary>The link; false for anything that this gateway did not seal.</summary>
    public bool TryOpenLink(string token, [NotNullWhen(true)] out PreferenceLink? link)
    {
        link = TryOpen(_links, token, out var content) ? PreferenceLink.Of(content) : null;
        return link is not null;
    }

    private static bool TryOpen(IDataProtector protector, string token, [NotNullWhen(true)] out byte[]? content)
    {
        try
        {
            content = protector.Unprotect(WebEncoders.Base64UrlDecode(token));
            return true;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            content = null;
            return false;
        }
    }

    private static void Bind(string partner, string subjectId, Span<byte> binding) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{partner}\n{subjectId}")).AsSpan(0, BindingSize).CopyTo(binding);
}
