using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Identity;
using Gateway.Demo.Shop;

namespace Gateway.Hosting;

/// <summary>What <c>serve</c> refuses away from loopback: certificates whose keys anybody can make, and a shop that is generated.</summary>
internal static class ProductionCheck
{
    /// <exception cref="CommandFailure">Development trust would be served to others.</exception>
    public static void Refuse(GatewaySettings settings)
    {
        if (settings.IsLoopbackOnly)
        {
            return;
        }

        var errors = settings.Certificates.EnumerateFiles("*.pem").Where(IsDevelopment)
            .Select(f => $"{f.Name} is a development certificate: its authority's key lies beside it")
            .ToList();
        if (DemoShop.Is(settings.Source))
        {
            errors.Add("the source is the demo shop: its customers are generated");
        }

        if (settings.Usage is { } usage && DemoShop.Is(usage))
        {
            errors.Add("the usage source is the demo's: its visitors are generated");
        }

        if (errors.Count > 0)
        {
            throw new CommandFailure(
                ExitCode.InvalidConfiguration,
                $"not served on {settings.Partners} and {settings.Staff}:\n  " + string.Join("\n  ", errors.Order(StringComparer.Ordinal)),
                "listen on 127.0.0.1 to try things out; for partners, have your own authority issue certificates (gateway certs issue)");
        }
    }

    private static bool IsDevelopment(FileInfo file)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file.FullName);
            return found.Any(DevelopmentMark.IsOn);
        }
        catch (CryptographicException)
        {
            // Not a certificate: whoever needs the file says so.
            return false;
        }
    }
}
