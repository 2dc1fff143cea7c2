using Gateway.Core.Annotations;
using Gateway.Services;
using Grpc.AspNetCore.Server;

namespace Gateway.Calls;

/// <summary>The partner listener's request pipeline: labelled services and nothing else. No reflection, no health, no pages.</summary>
internal static class PartnerPipeline
{
    public static RequestDelegate Build(IServiceProvider services)
    {
        var catalogue = services.GetRequiredService<Catalogue>();
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseMiddleware<RecordEveryCall>();
        app.UseMiddleware<PassGate>();
        app.UseEndpoints(endpoints =>
        {
            Map<FulfilmentService>(endpoints, catalogue);
            Map<PaymentService>(endpoints, catalogue);
            Map<ShippingService>(endpoints, catalogue);
            Map<ContractService>(endpoints, catalogue);
        });
        return app.Build();
    }

    /// <summary>Maps a service whose every method is labelled.</summary>
    /// <exception cref="AnnotationException">A method is not.</exception>
    internal static void Map<TService>(IEndpointRouteBuilder endpoints, Catalogue catalogue)
        where TService : class =>
        endpoints.MapGrpcService<TService>().Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<GrpcMethodMetadata>().SingleOrDefault() is not { } grpc)
            {
                return;
            }

            endpoint.Metadata.Add(catalogue.Methods.TryGetValue(grpc.Method.FullName.TrimStart('/'), out var method)
                ? method
                : throw new AnnotationException([$"{grpc.Method.FullName}: is not labelled and cannot be served to partners"]));
        });
}
