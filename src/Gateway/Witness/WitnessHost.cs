using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Log.Witnesses;
using Gateway.Stores.Sqlite.Witness;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Witness;

/// <summary>Puts a witness together: one listener, one path.</summary>
internal static class WitnessHost
{
    /// <summary>Makes the host; nothing listens yet.</summary>
    /// <param name="store">The witness's memory; the caller disposes it after the host.</param>
    /// <param name="logs">Whose checkpoints are cosigned.</param>
    /// <param name="evidence">Where evidence is kept.</param>
    /// <param name="listen">Where to listen; port 0 picks a free one.</param>
    /// <param name="certificate">For HTTPS, leaf first and with its key; null for plain HTTP.</param>
    /// <param name="log">How log lines look.</param>
    public static IHost Build(
        SqliteWitnessStore store,
        TrustedLogs logs,
        EvidenceFolder evidence,
        IPEndPoint listen,
        X509Certificate2Collection? certificate,
        Action<ILoggingBuilder> log) =>
        new HostBuilder()
            .ConfigureLogging(log)
            .ConfigureServices(services => services
                .AddSingleton(store).AddSingleton(logs).AddSingleton(evidence).AddSingleton<Cosigner>())
            .ConfigureWebHost(web => web
                .UseKestrelCore()
                .UseKestrelHttpsConfiguration()
                .ConfigureKestrel(kestrel => Limit(kestrel, listen, certificate))
                .Configure(app => app.Run(Answer(app.ApplicationServices.GetRequiredService<Cosigner>()))))
            .Build();

    /// <summary>The address that a started host listens on, with the port it picked.</summary>
    public static Uri AddressOf(IHost host) =>
        new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static void Limit(KestrelServerOptions kestrel, IPEndPoint listen, X509Certificate2Collection? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 100;
        kestrel.Limits.MaxRequestBodySize = AddCheckpoint.MaxLength;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(listen, listener =>
        {
            if (certificate is not null)
            {
                listener.UseHttps(https =>
                {
                    https.ServerCertificate = certificate[0];
                    https.ServerCertificateChain = certificate;
                });
            }
        });
    }

    private static RequestDelegate Answer(Cosigner cosigner) => async context =>
    {
        if (context.Request.Path != "/" + AddCheckpoint.Path)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Post;
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var answer = cosigner.Add(body.GetBuffer().AsSpan(0, (int)body.Length));
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        await context.Response.WriteAsync(answer.Body, context.RequestAborted);
    };
}
