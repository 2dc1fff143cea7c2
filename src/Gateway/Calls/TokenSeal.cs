using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Gateway.Core.Exchange;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.Calls;

/// <summary>Seals tokens with ASP.NET Core Data Protection, whose keys are kept in the data folder.</summary>
internal sealed class TokenSeal(IDataProtectionProvider provider) : ITokenSeal
{
    private readonly IDataProtector _protector = provider.CreateProtector("gateway.tokens.v1");

    public string Seal(byte[] content) => WebEncoders.Base64UrlEncode(_protector.Protect(content));

    public bool TryOpen(string token, [NotNullWhen(true)] out byte[]? content)
    {
        try
        {
            content = _protector.Unprotect(WebEncoders.Base64UrlDecode(token));
            return true;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            content = null;
            return false;
        }
    }
}
