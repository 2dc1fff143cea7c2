using System.Security.Cryptography.X509Certificates;
using Gateway.Calls;
using Gateway.Tests.Canary;
using Gateway.Tests.Running;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.ConventionTests;

public sealed class PartnerEndpointTests
{
    private static readonly string[] s_others =
    [
        "/metrics", "/healthz", "/readyz", "/grpc.health.v1.Health/Check", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ];

    [Fact]
    public async Task PartnerListener_ServesLabelledMethodsAndNothingElseOfTheProcess()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var identity = X509Certificate2.CreateFromPemFile(
            Path.Combine(gateway.Settings.Certificates.FullName, "southgate-warehouse.pem"),
            Path.Combine(gateway.Settings.Certificates.FullName, "southgate-warehouse.key"));
        // Its contract grants no stream of records, and a stream about itself ends by its deadline: each call ends.
        using var partner = new RawPartner(gateway.Partners, identity, "localhost");
        var mapped = gateway.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Where(p => !p.Contains('{', StringComparison.Ordinal));
        var labelled = PartnerServices.Catalogue.Methods.Keys.Select(m => "/" + m).ToHashSet(StringComparer.Ordinal);

        foreach (var path in labelled.Concat(mapped).Concat(s_others).Distinct(StringComparer.Ordinal))
        {
            var answer = await partner.SendAsync(
                HttpMethod.Post, path, "application/grpc", RawPartner.Frame([]), [("te", "trailers"), ("grpc-timeout", "1S")], TestContext.Current.CancellationToken);

            answer.Contains("grpc-status: 12", StringComparison.Ordinal).ShouldBe(!labelled.Contains(path), path);
        }
    }
}
