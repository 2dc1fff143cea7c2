namespace Gateway.Core.Legal.Sealing;

/// <summary>Object identifiers of CMS and of the algorithms that sealed files use.</summary>
internal static class Oids
{
    /// <summary>id-ct-authEnvelopedData, RFC 5083.</summary>
    public const string AuthEnvelopedData = "1.2.840.113549.1.9.16.1.23";

    /// <summary>id-data.</summary>
    public const string Data = "1.2.840.113549.1.7.1";

    /// <summary>id-aes256-GCM, RFC 5084.</summary>
    public const string Aes256Gcm = "2.16.840.1.101.3.4.1.46";

    /// <summary>id-aes256-CBC.</summary>
    public const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";

    /// <summary>id-aes256-wrap, RFC 3394.</summary>
    public const string Aes256Wrap = "2.16.840.1.101.3.4.1.45";

    /// <summary>id-RSAES-OAEP, RFC 4055.</summary>
    public const string RsaOaep = "1.2.840.113549.1.1.7";

    /// <summary>id-mgf1.</summary>
    public const string Mgf1 = "1.2.840.113549.1.1.8";

    /// <summary>id-sha256.</summary>
    public const string Sha256 = "2.16.840.1.101.3.4.2.1";

    /// <summary>dhSinglePass-stdDH-sha256kdf-scheme, RFC 5753.</summary>
    public const string EcdhSha256 = "1.3.132.1.11.1";

    /// <summary>id-ecPublicKey.</summary>
    public const string EcPublicKey = "1.2.840.10045.2.1";

    /// <summary>id-PBKDF2, RFC 8018.</summary>
    public const string Pbkdf2 = "1.2.840.113549.1.5.12";

    /// <summary>id-hmacWithSHA256.</summary>
    public const string HmacSha256 = "1.2.840.113549.2.9";

    /// <summary>id-alg-PWRI-KEK, RFC 3211.</summary>
    public const string PasswordKek = "1.2.840.113549.1.9.16.3.9";
}
