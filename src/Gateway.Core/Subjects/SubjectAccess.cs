using System.Collections.Immutable;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Core.Subjects;

/// <summary>
/// What lets a contract's partner ask for one subject at a time: the keys of its assertions, ready to verify with. Immutable; safe for
/// concurrent use.
/// </summary>
public sealed class SubjectAccess
{
    /// <summary>The metadata that carries the assertion.</summary>
    public const string MetadataKey = "gateway-subject-assertion";

    /// <summary>What an assertion is for: its <c>aud</c>.</summary>
    public const string Audience = "gateway.subject.v1";

    /// <summary>The service it opens.</summary>
    public const string Service = "gateway.subject.v1.SubjectService";

    /// <summary>What a subject's own access is recorded as: the shop owes it by law (GDPR Art. 15 to 22). fideslang.</summary>
    public const string Purpose = "essential.legal_obligation";

    /// <summary>The one algorithm.</summary>
    public const string Algorithm = SecurityAlgorithms.EcdsaSha256;

    /// <summary>Longest assertion, characters.</summary>
    public const int MaxLength = 4096;

    private static readonly JsonWebTokenHandler s_handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    private readonly string _partner;
    private readonly TokenValidationParameters _parameters;

    /// <param name="partner">The partner's id: the <c>iss</c> of its assertions.</param>
    /// <param name="keys">One, or two while one follows the other.</param>
    public SubjectAccess(string partner, ImmutableArray<AssertionKey> keys)
    {
        _partner = partner;
        Keys = keys;
        _parameters = new TokenValidationParameters
        {
            ValidAlgorithms = [Algorithm],
            IssuerSigningKeys = keys.Select(k => k.Key).ToArray(),
            // A key id is the sender's word: it chooses nothing.
            TryAllIssuerSigningKeys = true,
            ValidIssuer = partner,
            ValidAudience = Audience,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            // Judged by our own clock, with the rest of the claims.
            LifetimeValidator = static (_, _, _, _) => true,
        };
    }

    /// <summary>The keys, in the contract's order.</summary>
    public ImmutableArray<AssertionKey> Keys { get; }

    /// <summary>
    /// The subject that the assertion is about; null where there is none, or anything in it is wrong. Why is told to nobody: it would help
    /// only who makes them up.
    /// </summary>
    public async ValueTask<string?> SubjectOfAsync(string? assertion, DateTimeOffset now)
    {
        if (assertion is not { Length: > 0 and <= MaxLength } || !AssertionText.TrySplit(assertion, out var header, out var payload)
            || !AssertionText.IsPlainHeader(header))
        {
            return null;
        }

        var result = await s_handler.ValidateTokenAsync(assertion, _parameters);
        return result.IsValid ? AssertionText.SubjectOf(payload, _partner, now) : null;
    }
}
