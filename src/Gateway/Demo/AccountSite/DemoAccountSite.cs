using System.Reflection;
using System.Security.Cryptography;
using Gateway.Commands.Certs;
using Gateway.Core.Subjects;

namespace Gateway.Demo.AccountSite;

/// <summary>
/// The demo's account site: a signing key made on this machine, which nothing but this demo trusts, and the contract that names its public
/// half.
/// </summary>
internal static class DemoAccountSite
{
    public const string Partner = "account-site";

    private const string Resource = "Demo/AccountSite/account-site.yaml";

    /// <summary>Where a partner's signing key lies among its certificates.</summary>
    public static string KeyFile(DirectoryInfo certificates, string partner) => Path.Combine(certificates.FullName, $"{partner}-assertion.key");

    /// <summary>Makes key and contract where absent; what somebody has changed stays.</summary>
    public static void Ensure(DirectoryInfo contracts, DirectoryInfo certificates)
    {
        var keyFile = KeyFile(certificates, Partner);
        if (!File.Exists(keyFile))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PrivateFile.WriteKey(keyFile, made.ExportPkcs8PrivateKeyPem() + "\n");
        }

        var contract = Path.Combine(contracts.FullName, "account-site.yaml");
        if (File.Exists(contract))
        {
            return;
        }

        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(keyFile));
        using var resource = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!);
        File.WriteAllText(contract, resource.ReadToEnd().Replace("ASSERTION_KEY", AssertionKey.TextOf(key), StringComparison.Ordinal));
    }
}
