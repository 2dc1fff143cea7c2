using System.Security.Cryptography.X509Certificates;
using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Witnessing;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Witness;

/// <summary>The gateway's side of a witness, without a gateway.</summary>
internal static class TestLinks
{
    public static WitnessLink Of(Uri witness, NoteVerifier key, X509Certificate2[] authority, ILoggerProvider? log = null, TimeProvider? clock = null)
    {
        var settings = new WitnessSettings(witness, key, [.. authority]);
        var logger = LoggerFactory.Create(logging => { if (log is not null) { logging.AddProvider(log); } }).CreateLogger<WitnessLink>();
        return new WitnessLink(settings, new WitnessClient(settings), clock ?? TimeProvider.System, logger);
    }

    public static PublishedCheckpoint Published(WitnessedLog log, int? size = null) => new(log.Sign(size), new Checkpoint(log.Origin, log.Head(size)));
}

/// <summary>Tiles of a log in memory.</summary>
internal sealed class TilesOf(WitnessedLog log) : ITiledLog
{
    public ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken)
    {
        var span = 1 << (8 * resource.Level);
        var first = (int)resource.Number * TiledResource.FullWidth;
        return ValueTask.FromResult(resource.Kind == ResourceKind.Tile && (first + resource.Width) * span <= log.Size
            ? Enumerable.Range(first, resource.Width).SelectMany(i => log.Range(i * span, span).ToBytes()).ToArray()
            : null);
    }
}
