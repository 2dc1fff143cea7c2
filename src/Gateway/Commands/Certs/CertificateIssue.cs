using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Commands.Certs;

/// <summary>
/// Signs a partner's request for a contract. From the request come the key, proven by its signature, and a harmless part of its name;
/// who the certificate names comes from the contract alone. Extensions that the request asks for are passed over.
/// </summary>
internal static class CertificateIssue
{
    private const int LongestName = 64;

    /// <exception cref="CommandFailure">The request, its key or the authority is not good.</exception>
    public static X509Certificate2 Sign(string requestPem, IdentityTerms contract, IssuingAuthority authority, DateTimeOffset now, TimeSpan lifetime)
    {
        var request = Load(requestPem);
        if (!KeyStrength.IsEnough(request.PublicKey))
        {
            throw new CommandFailure(
                ExitCode.CheckFailed, HandshakeRefusals.Of(HandshakeRefusal.WeakKey).Sentence, "ask the partner for a request with a new key");
        }

        var certificate = authority.IssueClient(request.PublicKey, Subject(request.SubjectName, contract.Uri), contract.Uri, now, lifetime);
        CheckAccepted(certificate, authority, now);
        return certificate;
    }

    private static CertificateRequest Load(string pem)
    {
        try
        {
            // Checks the request's own signature: whoever sent it holds the key.
            return CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CommandFailure(
                ExitCode.CheckFailed, $"the request is no PKCS#10 request in PEM with a valid signature: {e.Message}",
                "make one with: openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout partner.key -out partner.csr -subj /CN=partner");
        }
    }

    /// <summary>What is issued must be what the gateway accepts; an authority below a root is judged by its leaf alone.</summary>
    private static void CheckAccepted(X509Certificate2 certificate, IssuingAuthority authority, DateTimeOffset now)
    {
        var issuer = authority.Certificate;
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(issuer.IssuerName.RawData))
        {
            return;
        }

        var judged = CertificateJudge.Judge(certificate, [], new Authorities([new Authority("issuer", [issuer])]), now);
        if (judged.Identity is null)
        {
            throw new CommandFailure(
                ExitCode.CheckFailed, string.Join(' ', judged.Faults.Select(f => HandshakeRefusals.Of(f).Sentence)), "use another authority");
        }
    }

    private static X500DistinguishedName Subject(X500DistinguishedName requested, SpiffeId uri)
    {
        var name = requested.EnumerateRelativeDistinguishedNames()
            .Where(r => !r.HasMultipleElements && r.GetSingleElementType().Value == "2.5.4.3")
            .Select(r => r.GetSingleElementValue()).FirstOrDefault();
        var safe = string.Concat((name ?? "").Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '-' or '_').Take(LongestName)).Trim();
        var builder = new X500DistinguishedNameBuilder();
        var fallback = uri.Value[(uri.Value.LastIndexOf('/') + 1)..];
        builder.AddCommonName(safe.Length > 0 ? safe : fallback[..Math.Min(fallback.Length, LongestName)]);
        return builder.Build();
    }
}
