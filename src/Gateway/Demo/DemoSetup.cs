using System.Net;
using Gateway.Commands.Certs;
using Gateway.Configuration;
using Gateway.Demo.AccountSite;
using Gateway.Demo.Shop;
using Gateway.Hosting;

namespace Gateway.Demo;

/// <summary>Makes what a demo needs, where absent: certificates, contracts, shop.</summary>
internal static class DemoSetup
{
    /// <param name="data">Folder for all that the gateway keeps, and for the demo's contracts and shop.</param>
    /// <param name="certificates">Folder of the development certificates.</param>
    /// <param name="listeners">Where to listen; loopback.</param>
    /// <param name="clock">Dates the shop's orders and the certificates.</param>
    public static GatewaySettings Ensure(DirectoryInfo data, DirectoryInfo certificates, ListenerOptions listeners, TimeProvider clock)
    {
        PrivateFolder.Ensure(data.FullName);
        var folder = new DataFolder(data.FullName);
        var contracts = new DirectoryInfo(Path.Combine(data.FullName, "contracts"));
        DemoContracts.Ensure(contracts);
        DevelopmentCertificates.Write(certificates, clock);
        DemoAccountSite.Ensure(contracts, certificates);
        DemoShop.Ensure(folder.Shop, clock);
        DemoUsage.Ensure(folder.Usage, clock);
        return new GatewaySettings
        {
            Data = folder,
            Contracts = contracts,
            Certificates = certificates,
            Source = $"Data Source={folder.Shop}",
            Preferences = folder.Preferences,
            Usage = $"Data Source={folder.Usage}",
            Log = folder.Log,
            LogOrigin = "shop.example/disclosure-log",
            Partners = IPEndPoint.Parse(listeners.Partners),
            Staff = IPEndPoint.Parse(listeners.Staff),
            Local = IPEndPoint.Parse(listeners.Local),
        };
    }
}
