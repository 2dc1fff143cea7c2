using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateway.Hosting;

/// <summary>The ports that a started host listens on, also where it was asked to pick them.</summary>
internal sealed record ListenerPorts(int Partners, int Staff, int Local)
{
    public static ListenerPorts Of(IHost host)
    {
        // In the order in which GatewayHost opens them.
        var ports = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(a => new Uri(a).Port).ToArray();
        return new ListenerPorts(ports[0], ports[1], ports[2]);
    }
}
