using Gateway.Core.Identity;

namespace Gateway.Listeners;

/// <summary>
/// What became of one connection's handshake: a connection feature, written by the steps of the handshake in turn and read when they
/// are over.
/// </summary>
internal sealed class Handshake
{
    /// <summary>What the certificate proved; null until it was judged.</summary>
    public CertificateJudgement? Judgement { get; set; }

    /// <summary>The first reason to refuse it; null while there is none.</summary>
    public HandshakeRefusal? Refusal { get; private set; }

    /// <summary>True once the connection is entered in the registry.</summary>
    public bool Completed { get; set; }

    /// <summary>The key presented, whether or not it was accepted.</summary>
    public SpkiHash? Key { get; set; }

    /// <summary>Notes a reason; the first one stays.</summary>
    public void Refuse(HandshakeRefusal reason) => Refusal ??= reason;
}
