using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>The URIs in a certificate's subject alternative name (RFC 5280 §4.2.1.6), which the framework's reader leaves out.</summary>
internal static class UriNames
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);

    /// <summary>All URIs, or null where the extension is absent, given twice or malformed.</summary>
    public static IReadOnlyList<string>? Of(X509Certificate2 certificate)
    {
        X509Extension? found = null;
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != SubjectAlternativeName)
            {
                continue;
            }

            if (found is not null)
            {
                return null;
            }

            found = extension;
        }

        return found is null ? null : Read(found.RawData);
    }

    private static List<string>? Read(byte[] extension)
    {
        try
        {
            var reader = new AsnReader(extension, AsnEncodingRules.DER);
            var names = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var uris = new List<string>();
            while (names.HasData)
            {
                if (names.PeekTag() == s_uri)
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, s_uri));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }

            return uris;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
