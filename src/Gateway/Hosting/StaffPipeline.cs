using Gateway.Services;

namespace Gateway.Hosting;

/// <summary>The staff listener's request pipeline: authentication by certificate, roles, the staff services.</summary>
internal static class StaffPipeline
{
    public static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseEndpoints(endpoints =>
        {
            endpoints.MapGrpcService<AdminService>();
            endpoints.MapGrpcService<AccessService>();
            endpoints.MapGrpcService<DisclosureLogService>();
            endpoints.MapGrpcService<IncidentService>();
            endpoints.MapGrpcService<TraceService>();
            endpoints.MapGrpcService<ArchiveService>();
            endpoints.MapTiledLog();
            endpoints.MapGrpcService<ErasureService>();
            endpoints.MapGrpcService<LegalService>();
            endpoints.MapGrpcService<RequestService>();
            endpoints.MapGrpcService<ObligationService>();
        });
        return app.Build();
    }
}
