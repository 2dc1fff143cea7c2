using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Legal.Sealing;

/// <summary>The content's key for an RSA certificate: KeyTransRecipientInfo (RFC 5652) with RSAES-OAEP over SHA-256 (RFC 4055).</summary>
internal static class KeyTransport
{
    public static void Write(AsnWriter writer, X509Certificate2 recipient, RSA rsa, byte[] key)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            RecipientName.Write(writer, recipient);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.RsaOaep);
                using (writer.PushSequence())
                {
                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    {
                        WriteSha256(writer);
                    }

                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(Oids.Mgf1);
                        WriteSha256(writer);
                    }
                }
            }

            writer.WriteOctetString(rsa.Encrypt(key, RSAEncryptionPadding.OaepSHA256));
        }
    }

    private static void WriteSha256(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.Sha256);
            writer.WriteNull();
        }
    }
}

/// <summary>IssuerAndSerialNumber: which certificate a recipient's key belongs to.</summary>
internal static class RecipientName
{
    public static void Write(AsnWriter writer, X509Certificate2 recipient)
    {
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(recipient.IssuerName.RawData);
            writer.WriteInteger(recipient.SerialNumberBytes.Span);
        }
    }
}
