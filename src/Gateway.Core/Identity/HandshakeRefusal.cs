using System.Collections.Frozen;

namespace Gateway.Core.Identity;

/// <summary>Why a connection was refused before any call: the closed set. The peer sees a TLS alert or a closed connection; the operator sees this.</summary>
public enum HandshakeRefusal
{
    NoCertificate,
    ForeignAuthority,
    ChainInvalid,
    NoClientAuthentication,
    AuthorityAsLeaf,
    NoDigitalSignature,
    NotOneSpiffeUri,
    OutsideDates,
    WeakKey,
    WeakSignature,
    ProtocolTooOld,
    WrongApplicationProtocol,
    Timeout,
    HandshakeFailed,
    TooManyConnections,
}

/// <summary>What each refused handshake is called, and what to do about it.</summary>
public static class HandshakeRefusals
{
    /// <summary>One row of the table.</summary>
    /// <param name="Name">The name in metrics, logs and <c>gateway certs refusals</c>.</param>
    /// <param name="Sentence">What happened and what to do next, for whoever runs the gateway or issues the certificate.</param>
    public sealed record Row(string Name, string Sentence);

    private static readonly FrozenDictionary<HandshakeRefusal, Row> s_rows = new Dictionary<HandshakeRefusal, Row>
    {
        [HandshakeRefusal.NoCertificate] = new("NO_CERTIFICATE",
            "The peer presented no certificate. Its client must be configured with one."),
        [HandshakeRefusal.ForeignAuthority] = new("FOREIGN_AUTHORITY",
            "The certificate does not chain to an authority that a contract names. Have it issued by that authority, with its intermediates sent along."),
        [HandshakeRefusal.ChainInvalid] = new("CHAIN_INVALID",
            "The certificate's chain does not verify: a bad signature, a constraint broken, or an unknown critical extension. Have it issued anew."),
        [HandshakeRefusal.NoClientAuthentication] = new("NO_CLIENT_AUTHENTICATION",
            "The certificate's extended key usage does not name clientAuth. Have it issued with 1.3.6.1.5.5.7.3.2; `any` and none do not count."),
        [HandshakeRefusal.AuthorityAsLeaf] = new("AUTHORITY_AS_LEAF",
            "The certificate is a certificate authority's. Use a leaf certificate that it has issued."),
        [HandshakeRefusal.NoDigitalSignature] = new("NO_DIGITAL_SIGNATURE",
            "The certificate's key usage does not name digitalSignature. Have it issued with that key usage."),
        [HandshakeRefusal.NotOneSpiffeUri] = new("NOT_ONE_SPIFFE_URI",
            "The certificate does not name exactly one URI that is a well-formed SPIFFE ID. `gateway certs issue` puts in the contract's."),
        [HandshakeRefusal.OutsideDates] = new("OUTSIDE_DATES",
            "The certificate, or one of its chain, is expired or not yet valid. Renew it, or set the clock right."),
        [HandshakeRefusal.WeakKey] = new("WEAK_KEY",
            "A key of the chain is too weak: RSA from 2,048 bits, or elliptic curve P-256, P-384 or P-521."),
        [HandshakeRefusal.WeakSignature] = new("WEAK_SIGNATURE",
            "A certificate of the chain is signed with SHA-1, MD5 or an unknown algorithm. Have it issued with SHA-256 or better."),
        [HandshakeRefusal.ProtocolTooOld] = new("PROTOCOL_TOO_OLD",
            "The peer offers no TLS version from 1.2 on. Update its TLS library."),
        [HandshakeRefusal.WrongApplicationProtocol] = new("WRONG_APPLICATION_PROTOCOL",
            "The peer did not negotiate HTTP/2 (ALPN h2). Use a gRPC client over TLS."),
        [HandshakeRefusal.Timeout] = new("TIMEOUT",
            "The handshake did not end in time. The peer is slow, broken, or does not speak TLS."),
        [HandshakeRefusal.HandshakeFailed] = new("HANDSHAKE_FAILED",
            "The handshake broke off: the peer went away, distrusts the server's certificate, does not speak TLS, or offers no ALPN h2."),
        [HandshakeRefusal.TooManyConnections] = new("TOO_MANY_CONNECTIONS",
            "More connections than the limit allows, overall or for this partner. One connection carries many calls at once."),
    }.ToFrozenDictionary();

    /// <summary>The row of a reason.</summary>
    public static Row Of(HandshakeRefusal reason) => s_rows[reason];

    /// <summary>Every reason that has a row.</summary>
    public static IReadOnlyCollection<HandshakeRefusal> Known => s_rows.Keys;
}
