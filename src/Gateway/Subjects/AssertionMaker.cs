using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Core.Subjects;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Subjects;

/// <summary>Makes assertions as an account site does, for trying out.</summary>
internal static class AssertionMaker
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);

    /// <param name="key">The account site's private key, P-256.</param>
    /// <param name="partner">Its partner id.</param>
    /// <param name="subjectId">The shop's id of the customer.</param>
    /// <param name="now">When it is made; it is good for five minutes.</param>
    public static string Make(ECDsa key, string partner, string subjectId, DateTimeOffset now)
    {
        var payload = JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = partner,
            ["aud"] = SubjectAccess.Audience,
            ["sub"] = subjectId,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + s_lifetime).ToUnixTimeSeconds(),
        });
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        // Kept for no later call: the key is its owner's to dispose.
        var once = new ECDsaSecurityKey(key) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
        return handler.CreateToken(payload, new SigningCredentials(once, SubjectAccess.Algorithm));
    }
}
