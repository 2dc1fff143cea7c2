using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Listeners;

/// <summary>The gateway's three listeners.</summary>
internal enum ListenerKind
{
    Partners,
    Staff,
    Local,
}

/// <summary>
/// Which listener a connection came in on: a fact of the connection, never read from a Host header. A request finds it among its
/// <c>HttpContext.Features</c>.
/// </summary>
internal sealed record ListenerFeature(ListenerKind Kind)
{
    /// <summary>Marks every connection of these endpoints. Comes before any other connection middleware.</summary>
    public static void Mark(ListenOptions endpoint, ListenerKind kind)
    {
        var feature = new ListenerFeature(kind);
        endpoint.Use(next => connection =>
        {
            connection.Features.Set(feature);
            return next(connection);
        });
    }
}
