using Gateway.Core.Annotations;
using Gateway.Services;
using Grpc.AspNetCore.Server;

namespace Gateway.Calls;

/// <summary>The partner listener's request pipeline: labelled services and nothing else. No reflection, no health, no pages.</summary>
internal static class PartnerPipeline
{
    public static RequestDelegate Build(IServiceProvider services) => Build(services, (endpoints, catalogue) =>
    {
        Map<FulfilmentService>(endpoints, catalogue);
        Map<PaymentService>(endpoints, catalogue);
        Map<ShippingService>(endpoints, catalogue);
        Map<MailingService>(endpoints, catalogue);
        Map<DigitalDeliveryService>(endpoints, catalogue);
        Map<ContractService>(endpoints, catalogue);
        Map<SubjectService>(endpoints, catalogue);
        Map<StatisticsService>(endpoints, catalogue);
    });

    /// <summary>The same way of a call around the services that <paramref name="map"/> maps.</summary>
    /// <exception cref="AnnotationException">A service has a method that is not labelled.</exception>
    internal static RequestDelegate Build(IServiceProvider services, Action<IEndpointRouteBuilder, Catalogue> map)
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseMiddleware<RecordEveryCall>();
        app.UseMiddleware<PassGate>();
        app.UseEndpoints(endpoints =>
        {
            map(endpoints, services.GetRequiredService<Catalogue>());
            // Endpoints are made when first asked for. Asked for here, a missing label ends the start and not the first call.
            _ = endpoints.DataSources.Sum(source => source.Endpoints.Count);
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
