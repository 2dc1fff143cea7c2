using System.IO.Compression;
using Gateway.Authentication;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Protos.Log.V1;
using Gateway.Services;
using Gateway.Stores.Sqlite.Log.Tree;

namespace Gateway.Services
{
    /// <summary>
    /// The log as c2sp.org/tlog-tiles lays it out, by plain GET, so that an auditor needs no program of ours. Gives what the last checkpoint
    /// covers and nothing beyond. Who reads entries is recorded before they are answered; hashes and checkpoints tell of nobody.
    /// </summary>
    internal sealed class TiledLogPages(StoreTiledLog log, SqliteTree tree, CheckpointFeed feed, LogIdentity identity, AdministrationLog administration)
    {
        private const string Binary = "application/octet-stream";
        private const string Text = "text/plain; charset=utf-8";

        /// <summary>Never in a cache that others share: who reads needs a certificate.</summary>
        private const string ForEver = "private, max-age=31536000, immutable";

        /// <summary>Bundles of fewer bytes are not worth compressing.</summary>
        private const int CompressFrom = 1024;

        /// <summary><c>/checkpoint</c>, <c>/tile/…</c>, <c>/scopes/…</c>.</summary>
        public async Task AnswerAsync(HttpContext context)
        {
            if (!TiledResource.TryParse(context.Request.Path.Value![1..], out var resource))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            if (!IsCovered(resource))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            if (resource.Kind == ResourceKind.Entries && !await IsRecordedAsync(context, resource))
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            if (await ReadAsync(resource, context.RequestAborted) is not { } bytes)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            var isWhole = resource.Kind != ResourceKind.Entries || EntryBundle.Read(bytes).All(e => !e.IsEmpty);
            context.Response.Headers.CacheControl = resource.Kind == ResourceKind.Checkpoint || !isWhole ? "no-cache" : ForEver;
            await SendAsync(context, resource.Kind == ResourceKind.Checkpoint ? Text : Binary, bytes, mayCompress: resource.Kind == ResourceKind.Entries);
        }

        /// <summary><c>/log.vkey</c>: the log's public keys, one a line.</summary>
        public Task AnswerKeysAsync(HttpContext context)
        {
            context.Response.Headers.CacheControl = "no-cache";
            return SendAsync(
                context, Text, System.Text.Encoding.UTF8.GetBytes(string.Concat(identity.Verifiers.Select(v => v + "\n"))), mayCompress: false);
        }

        private bool IsCovered(TiledResource resource)
        {
            var size = feed.Latest?.Checkpoint.Head.Size;
            return resource.Kind switch
            {
                ResourceKind.Checkpoint => size is not null,
                ResourceKind.Scope => true,
                // Levels above 7 hold no tile of a log that can be.
                _ => resource.Level < 8 && resource.Number < long.MaxValue / TiledResource.FullWidth
                    && (resource.Number * TiledResource.FullWidth) + resource.Width <= size >> (8 * resource.Level),
            };
        }

        private async ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken)
        {
            // What is published, and not one that is signed but not yet kept in both places.
            if (resource.Kind == ResourceKind.Checkpoint && feed.Latest is { } latest && tree.Signed?.Text != latest.Note.Text)
            {
                return latest.Note.ToBytes();
            }

            return await log.ReadAsync(resource, cancellationToken);
        }

        /// <summary>False where the reading cannot be recorded, so that it is not answered.</summary>
        private async ValueTask<bool> IsRecordedAsync(HttpContext context, TiledResource resource)
        {
            var actor = context.User.Identity?.Name ?? throw new InvalidOperationException("Staff without a name passed the policy.");
            try
            {
                await administration.RecordAsync(new Entry.Types.Administration { Actor = actor, Action = "log.tiles", Target = resource.Path });
                return true;
            }
            catch (LogUnavailableException)
            {
                return false;
            }
        }

        private static async Task SendAsync(HttpContext context, string type, byte[] bytes, bool mayCompress)
        {
            context.Response.ContentType = type;
            if (mayCompress)
            {
                context.Response.Headers.Vary = "Accept-Encoding";
            }

            if (mayCompress && bytes.Length >= CompressFrom && context.Request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality is null or > 0))
            {
                using var compressed = new MemoryStream();
                await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
                {
                    await gzip.WriteAsync(bytes, context.RequestAborted);
                }

                context.Response.Headers.ContentEncoding = "gzip";
                bytes = compressed.ToArray();
            }

            context.Response.ContentLength = bytes.Length;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
            }
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Maps the log's tiles.</summary>
    internal static class TiledLogEndpoints
    {
        private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

        /// <summary>Below the listener's root; for staff who may read the log. The public keys are for every member of staff.</summary>
        public static void MapTiledLog(this IEndpointRouteBuilder endpoints)
        {
            var pages = endpoints.ServiceProvider.GetRequiredService<TiledLogPages>();
            foreach (var pattern in new[] { "/checkpoint", "/tile/{**path}", "/scopes/{**path}" })
            {
                endpoints.MapMethods(pattern, s_methods, pages.AnswerAsync).RequireAuthorization(StaffPolicies.ReadLog);
            }

            endpoints.MapMethods("/log.vkey", s_methods, pages.AnswerKeysAsync).RequireAuthorization();
        }
    }
}
