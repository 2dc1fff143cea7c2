using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Legal.Sealing;

/// <summary>
/// A file that its recipient alone can open: CMS AuthEnvelopedData (RFC 5083) with AES-256-GCM, so that a change is noticed, in DER. Opened
/// by <c>openssl cms -decrypt -inform DER</c> and whatever else reads CMS. The content's key is new for each file.
/// </summary>
public static class SealedFile
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>Seals for the holder of the certificate's private key.</summary>
    /// <exception cref="CryptographicException">The certificate cannot be sealed for; <see cref="RecipientCertificate"/> tells it beforehand.</exception>
    public static byte[] For(X509Certificate2 recipient, ReadOnlySpan<byte> content) => Seal(content, (writer, key) =>
    {
        using var rsa = recipient.GetRSAPublicKey();
        if (rsa is not null)
        {
            KeyTransport.Write(writer, recipient, rsa, key);
        }
        else
        {
            KeyAgreement.Write(writer, recipient, key);
        }
    });

    /// <summary>Seals for whoever knows the passphrase.</summary>
    public static byte[] Under(string passphrase, ReadOnlySpan<byte> content) => Seal(content, (writer, key) => Passphrases.Write(writer, passphrase, key));

    private static byte[] Seal(ReadOnlySpan<byte> content, Action<AsnWriter, byte[]> writeRecipient)
    {
        var key = RandomNumberGenerator.GetBytes(KeySize);
        var nonce = RandomNumberGenerator.GetBytes(NonceSize);
        var sealedContent = new byte[content.Length];
        var tag = new byte[TagSize];
        using (var aes = new AesGcm(key, TagSize))
        {
            aes.Encrypt(nonce, content, sealedContent, tag);
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.AuthEnvelopedData);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            {
                writer.WriteInteger(0);
                using (writer.PushSetOf())
                {
                    writeRecipient(writer, key);
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Oids.Data);
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(Oids.Aes256Gcm);
                        using (writer.PushSequence())
                        {
                            writer.WriteOctetString(nonce);
                            writer.WriteInteger(TagSize);
                        }
                    }

                    writer.WriteOctetString(sealedContent, new Asn1Tag(TagClass.ContextSpecific, 0));
                }

                writer.WriteOctetString(tag);
            }
        }

        CryptographicOperations.ZeroMemory(key);
        return writer.Encode();
    }
}
