using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>The authorities that a listener trusts, and no others. Immutable; swapped as a whole on reload.</summary>
public sealed class Authorities
{
    private readonly FrozenDictionary<string, FrozenSet<string>> _namesByRoot;

    public Authorities(IEnumerable<Authority> authorities)
    {
        All = [.. authorities];
        _namesByRoot = All.SelectMany(a => a.Roots.Select(root => (Root: RootHash(root), a.Name)))
            .GroupBy(p => p.Root, p => p.Name, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToFrozenSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <summary>Trusts nobody.</summary>
    public static Authorities None { get; } = new([]);

    /// <summary>The authorities.</summary>
    public ImmutableArray<Authority> All { get; }

    /// <summary>Names of the authorities that have this very root (compared by its bytes); empty where none has.</summary>
    public FrozenSet<string> Of(string rootHash) => _namesByRoot.GetValueOrDefault(rootHash, FrozenSet<string>.Empty);

    /// <summary>Names a root by its exact bytes.</summary>
    public static string RootHash(X509Certificate2 root) => Convert.ToHexStringLower(SHA256.HashData(root.RawDataMemory.Span));

    /// <summary>
    /// A chain policy that trusts these roots alone, reaches for nothing over the network and needs clientAuth. A new instance each
    /// time, because a policy is mutable.
    /// </summary>
    public X509ChainPolicy NewPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationFlags = X509VerificationFlags.NoFlag,
        };
        foreach (var authority in All)
        {
            foreach (var root in authority.Roots)
            {
                policy.CustomTrustStore.Add(root);
            }
        }

        return policy;
    }
}
