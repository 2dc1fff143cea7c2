using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gateway.Listeners;

/// <summary>
/// The TLS settings of each handshake, made for it alone: only here can the chain policy be set before the framework builds a chain
/// and follows a stranger's AIA URL. No resumption, because a resumed session would skip the judge.
/// </summary>
internal sealed class HandshakeOptions(ListenerKind listener, TlsMaterialHolder holder, TimeProvider clock)
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;
    private static readonly List<SslApplicationProtocol> s_http2 = [SslApplicationProtocol.Http2];
    private static readonly List<SslApplicationProtocol> s_both = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    public ValueTask<SslServerAuthenticationOptions> ForAsync(TlsHandshakeCallbackContext context)
    {
        var handshake = context.Connection.Features.GetRequiredFeature<Handshake>();
        if ((context.ClientHelloInfo.SslProtocols & Protocols) == SslProtocols.None)
        {
            handshake.Refuse(HandshakeRefusal.ProtocolTooOld);
        }

        var material = holder.Current;
        var authorities = material.TrustedBy(listener);
        return ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Server.Context,
            ClientCertificateRequired = true,
            CertificateChainPolicy = authorities.NewPolicy(),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = Protocols,
            ApplicationProtocols = listener == ListenerKind.Staff ? s_both : s_http2,
            AllowTlsResume = false,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => Accept(handshake, authorities, certificate, chain),
        });
    }

    private bool Accept(Handshake handshake, Authorities authorities, X509Certificate? presented, X509Chain? chain)
    {
        var leaf = presented as X509Certificate2;
        var judgement = CertificateJudge.Judge(leaf, chain?.ChainPolicy.ExtraStore ?? [], authorities, clock.GetUtcNow());
        handshake.Judgement = judgement;
        handshake.Key = leaf is null ? null : SpkiHash.Of(leaf);
        if (judgement.Identity is not null)
        {
            return true;
        }

        handshake.Refuse(judgement.Faults[0]);
        return false;
    }
}
