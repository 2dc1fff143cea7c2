using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Legal.Sealing;

/// <summary>
/// The content's key for an EC certificate: KeyAgreeRecipientInfo (RFC 5652) by ephemeral-static ECDH, X9.63 derivation over SHA-256 and AES
/// key wrap (RFC 5753).
/// </summary>
internal static class KeyAgreement
{
    private const int WrapKeyBits = 256;

    public static void Write(AsnWriter writer, X509Certificate2 recipient, byte[] key)
    {
        using var theirs = recipient.GetECDiffieHellmanPublicKey() ?? throw new CryptographicException("the certificate's key is neither RSA nor EC");
        using var ours = ECDiffieHellman.Create(theirs.ExportParameters(includePrivateParameters: false).Curve);
        // X9.63 with one round is SHA-256(Z ‖ counter 1 ‖ shared info): the 32 bytes that are needed.
        var wrapping = ours.DeriveKeyFromHash(theirs.PublicKey, HashAlgorithmName.SHA256, secretPrepend: null, [0, 0, 0, 1, .. SharedInfo()]);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
        {
            writer.WriteInteger(3);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                WriteOriginator(writer, ours);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.EcdhSha256);
                WriteWrap(writer);
            }

            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                RecipientName.Write(writer, recipient);
                writer.WriteOctetString(KeyWrap.Aes(wrapping, key));
            }
        }

        CryptographicOperations.ZeroMemory(wrapping);
    }

    private static void WriteOriginator(AsnWriter writer, ECDiffieHellman ours)
    {
        var point = ours.ExportParameters(includePrivateParameters: false).Q;
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
        {
            using (writer.PushSequence())
            {
                // No parameters: the curve is the recipient's, RFC 5753 section 7.1.1.
                writer.WriteObjectIdentifier(Oids.EcPublicKey);
            }

            writer.WriteBitString([4, .. point.X!, .. point.Y!]);
        }
    }

    private static byte[] SharedInfo()
    {
        Span<byte> bits = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bits, WrapKeyBits);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteWrap(writer);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
            {
                writer.WriteOctetString(bits);
            }
        }

        return writer.Encode();
    }

    private static void WriteWrap(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.Aes256Wrap);
        }
    }
}
