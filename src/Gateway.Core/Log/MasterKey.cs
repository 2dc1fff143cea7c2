using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Minimisation;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Log;

/// <summary>
/// The gateway's own 32 random bytes. Never used as such: each use has a key of its own, derived by HKDF-SHA256 (RFC 5869), so that
/// none tells of another. Immutable; kept in a file of its own, apart from what it protects.
/// </summary>
public sealed class MasterKey
{
    /// <summary>Length of the key, bytes.</summary>
    public const int Size = 32;

    private readonly byte[] _key;

    /// <param name="key">32 random bytes.</param>
    public MasterKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Size, nameof(key));
        _key = key.ToArray();
    }

    /// <summary>Finds a subject's key: HMAC-SHA256 of the subject's id under it.</summary>
    public byte[] SubjectLookupKey => Derive("gateway subject lookup v1");

    /// <summary>Wraps subjects' keys: AES-256-GCM.</summary>
    public byte[] SubjectWrapKey => Derive("gateway subject wrap v1");

    /// <summary>Seals the shop's ids of subjects: AES-256-GCM.</summary>
    public byte[] SubjectIdentityKey => Derive("gateway subject identity v1");

    /// <summary>Names forgotten subjects whose opt-outs are kept: HMAC-SHA256 of the subject's id under it.</summary>
    public byte[] SuppressionKey => Derive("gateway preference suppression v1");

    /// <summary>Tells whether a store was made under this master key; tells nothing else about it.</summary>
    public byte[] CheckValue => Derive("gateway master key check v1");

    /// <summary>Draws the noise of statistics.</summary>
    public byte[] StatisticsNoiseKey => Derive("gateway statistics noise v1");

    /// <summary>
    /// The key under which this partner's <c>pseudonym</c> fields of one domain are made: who a person is and what a visitor browsed have
    /// different keys, so that equal persons never have equal tokens.
    /// </summary>
    public PseudonymKey PartnerKey(string partnerId, Domain domain) => new(Derive(domain switch
    {
        // Without a word for its domain: partners hold pseudonyms made before there were two, and they stay.
        Domain.Registration => "gateway partner pseudonym v1\0" + partnerId,
        Domain.Usage => "gateway partner usage pseudonym v1\0" + partnerId,
        _ => throw new ArgumentOutOfRangeException(nameof(domain)),
    }));

    /// <summary>Never the key.</summary>
    public override string ToString() => nameof(MasterKey);

    private byte[] Derive(string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Size, info: Encoding.UTF8.GetBytes(use));
}
