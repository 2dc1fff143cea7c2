using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>What came of judging a certificate: an identity, or every reason why not, the gravest first.</summary>
/// <param name="Identity">Who; null where there is a fault.</param>
/// <param name="Root">Names the root at the end of the chain, as <see cref="Authorities.RootHash"/> does; null where there is a fault.</param>
/// <param name="Claimed">The one well-formed SPIFFE ID that the certificate names, proven or not; null where there is none.</param>
/// <param name="Faults">Why not; empty where there is an identity.</param>
public sealed record CertificateJudgement(
    PeerIdentity? Identity, string? Root, SpiffeId? Claimed, ImmutableArray<HandshakeRefusal> Faults);

/// <summary>
/// Decides whether a certificate proves an identity: an X.509-SVID (SPIFFE) of an authority we trust, for client authentication. It
/// builds the chain itself and trusts nothing but a build that succeeds.
/// </summary>
public static class CertificateJudge
{
    /// <param name="leaf">What the peer presented; null for nothing.</param>
    /// <param name="intermediates">What it sent along.</param>
    /// <param name="authorities">Whom we trust.</param>
    /// <param name="now">The instant that counts for dates.</param>
    public static CertificateJudgement Judge(
        X509Certificate2? leaf, X509Certificate2Collection intermediates, Authorities authorities, DateTimeOffset now)
    {
        if (leaf is null)
        {
            return new CertificateJudgement(null, null, null, [HandshakeRefusal.NoCertificate]);
        }

        var faults = new SortedSet<HandshakeRefusal>();
        try
        {
            faults.UnionWith(LeafProfile.FaultsOf(leaf));
        }
        catch (CryptographicException)
        {
            // An extension that cannot be decoded.
            faults.Add(HandshakeRefusal.ChainInvalid);
        }

        if (now < new DateTimeOffset(leaf.NotBefore) || now > new DateTimeOffset(leaf.NotAfter))
        {
            faults.Add(HandshakeRefusal.OutsideDates);
        }

        var claimed = LeafProfile.IdentityOf(leaf);
        var (root, names) = FindAuthority(leaf, intermediates, authorities, now, faults);
        if (faults.Count > 0 || claimed is null || root is null)
        {
            return new CertificateJudgement(null, null, claimed, [.. faults]);
        }

        var identity = new PeerIdentity(
            claimed.Value,
            names,
            SpkiHash.Of(leaf),
            leaf.SerialNumberBytes,
            new DateTimeOffset(leaf.NotBefore).ToUniversalTime(),
            new DateTimeOffset(leaf.NotAfter).ToUniversalTime());
        return new CertificateJudgement(identity, root, claimed, []);
    }

    private static (string? Root, FrozenSet<string> Names) FindAuthority(
        X509Certificate2 leaf, X509Certificate2Collection intermediates, Authorities authorities, DateTimeOffset now, SortedSet<HandshakeRefusal> faults)
    {
        using var chain = new X509Chain { ChainPolicy = authorities.NewPolicy() };
        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(LeafProfile.ClientAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        try
        {
            var trusted = authorities.All.Length > 0 && chain.Build(leaf);
            AddWeaknesses(chain, faults);
            if (!trusted)
            {
                Explain(chain, faults);
                return (null, FrozenSet<string>.Empty);
            }

            var root = Authorities.RootHash(chain.ChainElements[^1].Certificate);
            var names = authorities.Of(root);
            if (names.Count == 0)
            {
                faults.Add(HandshakeRefusal.ForeignAuthority);
            }

            return (root, names);
        }
        catch (CryptographicException)
        {
            faults.Add(HandshakeRefusal.ChainInvalid);
            return (null, FrozenSet<string>.Empty);
        }
        finally
        {
            foreach (var element in chain.ChainElements)
            {
                element.Certificate.Dispose();
            }
        }
    }

    /// <summary>The root is the operator's choice: its own signature proves nothing, so its algorithm does not matter.</summary>
    private static void AddWeaknesses(X509Chain chain, SortedSet<HandshakeRefusal> faults)
    {
        for (var i = 1; i < chain.ChainElements.Count; i++)
        {
            var certificate = chain.ChainElements[i].Certificate;
            if (i == chain.ChainElements.Count - 1 && certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            {
                return;
            }

            if (!KeyStrength.IsEnough(certificate.PublicKey))
            {
                faults.Add(HandshakeRefusal.WeakKey);
            }

            if (!SignatureStrength.IsEnough(certificate))
            {
                faults.Add(HandshakeRefusal.WeakSignature);
            }
        }
    }

    /// <summary>Puts a failed build into our words. The flags explain; they never decide.</summary>
    private static void Explain(X509Chain chain, SortedSet<HandshakeRefusal> faults)
    {
        var flags = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (chain.ChainElements.Count == 0 || (flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError)
        {
            faults.Add(HandshakeRefusal.ForeignAuthority);
        }
        else if ((flags & X509ChainStatusFlags.NotTimeValid) != X509ChainStatusFlags.NoError)
        {
            faults.Add(HandshakeRefusal.OutsideDates);
        }
        else if (faults.Count == 0)
        {
            faults.Add(HandshakeRefusal.ChainInvalid);
        }
    }
}
