using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Legal.Sealing;

/// <summary>The content's key under a passphrase: PasswordRecipientInfo (RFC 3211) with PBKDF2-HMAC-SHA256 and AES-256.</summary>
public static class Passphrases
{
    /// <summary>Rounds of PBKDF2: what OWASP asks for with SHA-256.</summary>
    public const int Iterations = 600_000;

    /// <summary>Base32 as Crockford writes it: none of its letters is taken for another.</summary>
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int Letters = 26;
    private const int KeySize = 32;

    /// <summary>A new passphrase of 130 random bits, in groups of five letters that can be read out.</summary>
    public static string Generate()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Letters; i++)
        {
            text.Append(i > 0 && i % 5 == 0 ? "-" : "").Append(Alphabet[RandomNumberGenerator.GetInt32(Alphabet.Length)]);
        }

        return text.ToString();
    }

    internal static void Write(AsnWriter writer, string passphrase, byte[] key)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var iv = RandomNumberGenerator.GetBytes(16);
        var wrapping = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(passphrase), salt, Iterations, HashAlgorithmName.SHA256, KeySize);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 3)))
        {
            writer.WriteInteger(0);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteObjectIdentifier(Oids.Pbkdf2);
                WriteDerivation(writer, salt);
            }

            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.PasswordKek);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Oids.Aes256Cbc);
                    writer.WriteOctetString(iv);
                }
            }

            writer.WriteOctetString(KeyWrap.Password(wrapping, iv, key));
        }

        CryptographicOperations.ZeroMemory(wrapping);
    }

    private static void WriteDerivation(AsnWriter writer, byte[] salt)
    {
        using (writer.PushSequence())
        {
            writer.WriteOctetString(salt);
            writer.WriteInteger(Iterations);
            writer.WriteInteger(KeySize);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(Oids.HmacSha256);
                writer.WriteNull();
            }
        }
    }
}
