using Gateway.Calls;
using Gateway.Configuration;
using Gateway.Contracts;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Incidents;
using Gateway.Listeners;
using Gateway.Services;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Stores.Sqlite.Source;
using Gateway.Stores.Sqlite.Spans;
using Microsoft.AspNetCore.DataProtection;

namespace Gateway.Hosting;

/// <summary>Puts the gateway together: the one place that knows every part.</summary>
internal static class GatewayHost
{
    /// <summary>Largest request, bytes, after decompression: a batch of 100 keys of 256 characters fits.</summary>
    public const int MaxRequestSize = 256 * 1024;

    /// <summary>Loads the contracts and makes the host; nothing listens yet.</summary>
    /// <param name="settings">What to start from.</param>
    /// <param name="configuration">For <c>OTEL_*</c> alone.</param>
    /// <param name="logs">How log lines look.</param>
    /// <param name="clock">The clock of everything but the framework.</param>
    /// <param name="more">What the caller adds: the demo its shop, a test its fakes.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="Commands.CommandFailure">The contracts are not usable, which tells every error, the data folder is not, or a store in it was lost.</exception>
    public static async Task<IHost> BuildAsync(
        GatewaySettings settings,
        IConfiguration configuration,
        LogFormat logs,
        TimeProvider clock,
        Action<IServiceCollection> more,
        CancellationToken cancellationToken)
    {
        EnsureFolders(settings.Data);
        await StoresTogether.CheckAsync(settings, cancellationToken);
        var folder = new ContractFolder(settings.Contracts.FullName, clock);
        var loaded = await LoadedContracts.LoadAsync(folder, PartnerServices.Catalogue, clock, cancellationToken);

        return new HostBuilder()
            .ConfigureLogging(logging => logging.AddGatewayLogging(logs))
            .ConfigureServices(services =>
            {
                services.AddSingleton(clock);
                services.AddSingleton(settings);
                services.AddSingleton(PartnerServices.Catalogue);
                AddStores(services, settings);
                AddContracts(services, folder, loaded);
                AddExchange(services);
                services.AddStanding(settings.Data.Standing);
                services.AddStatistics(settings);
                services.AddStaff();
                services.AddErasure(settings.Data.Forgotten);
                services.AddLegalCases(settings.Data.Cases);
                services.AddRequests(settings.Data.Requests);
                services.AddObligations(settings.Data.Obligations);
                services.AddSubjects();
                AddRpc(services, settings);
                services.AddListeners(settings.Certificates);
                services.AddGatewayTelemetry(configuration);
                services.AddSpanStore(new SpanStoreOptions(settings.Data.Spans));
                services.AddReadiness();
                more(services);
            })
            .ConfigureWebHost(web => web
                .UseKestrelCore()
                .UseKestrelHttpsConfiguration()
                .ConfigureKestrel(kestrel =>
                {
                    ListenerLimits.Apply(kestrel);
                    kestrel.ListenForPartners(settings.Partners);
                    kestrel.ListenForStaff(settings.Staff);
                    kestrel.ListenForLocal(settings.Local);
                })
                .Configure(app => app.Run(Dispatch(app.ApplicationServices))))
            .Build();
    }

    private static void EnsureFolders(DataFolder data)
    {
        try
        {
            PrivateFolder.Ensure(data.Root);
            PrivateFolder.Ensure(Path.GetDirectoryName(data.MasterKey)!);
            PrivateFolder.Ensure(data.TokenKeys);
            PrivateFolder.Ensure(data.Cosigned);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Commands.CommandFailure(
                Commands.ExitCode.InvalidConfiguration, $"the data folder cannot be made: {e.Message}", "name a folder that can be written in Gateway__Data");
        }
    }

    // Which listener a call came in on is a fact of its connection. One without that fact is nobody's.
    private static RequestDelegate Dispatch(IServiceProvider services)
    {
        var partners = PartnerPipeline.Build(services);
        var staff = StaffPipeline.Build(services);
        var local = LocalPipeline.Build(services);
        return context =>
        {
            switch (context.Features.Get<ListenerFeature>()?.Kind)
            {
                case ListenerKind.Partners:
                    return partners(context);
                case ListenerKind.Staff:
                    return staff(context);
                case ListenerKind.Local:
                    return local(context);
                default:
                    context.Abort();
                    return Task.CompletedTask;
            }
        };
    }

    private static void AddStores(IServiceCollection services, GatewaySettings settings)
    {
        var data = settings.Data;
        services.AddSingleton(_ => MasterKeyFile.OpenOrCreate(data.MasterKey, data.SubjectKeys));
        services.AddSingleton(p => SqliteSubjectKeys.Open(
            data.SubjectKeys, p.GetRequiredService<MasterKey>(), new SubjectKeyOptions(), p.GetRequiredService<ILogger<SqliteSubjectKeys>>()));
        services.AddSingleton<ISubjectKeys>(p => p.GetRequiredService<SqliteSubjectKeys>());
        services.AddSingleton<ISubjectIdentities>(p => p.GetRequiredService<SqliteSubjectKeys>());
        services.AddSingleton<ISubjectErasure>(p => p.GetRequiredService<SqliteSubjectKeys>());
        services.AddSingleton(p => SqliteDisclosureLog.Open(
            settings.Log, new SqliteLogOptions(), p.GetRequiredService<ILogger<SqliteDisclosureLog>>()));
        services.AddSingleton<IDisclosureLog>(p => p.GetRequiredService<SqliteDisclosureLog>());
        // Read-only connections cannot make the log's file, so the writer opens it first.
        services.AddSingleton<ILogReader>(p =>
        {
            p.GetRequiredService<SqliteDisclosureLog>();
            return SqliteLogReader.Open(settings.Log);
        });
        services.AddLogMirror(settings);
        services.AddLogTree(settings);
        services.AddWitnesses(settings);
        services.AddSingleton(p => SqliteLogIndex.Open(data.LogIndex, p.GetRequiredService<ILogReader>()));
        services.AddSingleton<IDisclosureHistory>(p => p.GetRequiredService<SqliteLogIndex>());
        services.AddSingleton<LogIndexer>();
        services.AddHostedService<IndexFollower>();
        services.AddSingleton(p => new SqliteRecordSource(settings.Source, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRecordSource>(p => p.GetRequiredService<SqliteRecordSource>());
        services.AddPreferences(settings.Preferences);
        services.AddSingleton<ISubjectLookup>(new SqliteSubjectLookup(settings.Source));
        services.AddSingleton<DisclosureLogFilters>();
        services.AddSingleton<IncidentReader>();
        services.AddSingleton<PartnerReports>();
        services.AddSingleton<Recorder>();
        services.AddSingleton<AdministrationLog>();
    }

    private static void AddContracts(IServiceCollection services, ContractFolder folder, LoadedContracts loaded)
    {
        services.AddSingleton(folder);
        services.AddSingleton(loaded);
        services.AddSingleton(new SnapshotHolder(loaded.Snapshot));
        services.AddSingleton(new StaffHolder(loaded.Staff));
        services.AddSingleton(p => new RevisionStore(p.GetRequiredService<GatewaySettings>().Data.Revisions));
        services.AddSingleton<ContractChangeRecorder>();
        services.AddHostedService<StartUp>();
        services.AddSingleton<ContractReloader>();
        services.AddHostedService(p => p.GetRequiredService<ContractReloader>());
        services.AddSingleton(p =>
        {
            // Opened at the start: a store that cannot be opened ends it, and not the first call for statistics.
            p.GetRequiredService<IKeptTables>();
            return new Planner(
                p.GetRequiredService<Core.Annotations.Catalogue>(),
                p.GetRequiredService<IRecordSource>(),
                p.GetRequiredService<AllPreferences>(),
                p.GetRequiredService<MasterKey>().PartnerKey,
                p.GetRequiredService<TimeProvider>(),
                p.GetService<IUsageSource>());
        });
        services.AddSingleton(p => new PlanHolder(
            p.GetRequiredService<Planner>().Prepare(loaded.Snapshot), p.GetRequiredService<SnapshotHolder>()));
    }

    private static void AddExchange(IServiceCollection services)
    {
        services.AddSingleton<ISafeguards, Safeguards>();
        services.AddSingleton<ITokenSeal, TokenSeal>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<Pipeline>();
        services.AddSingleton<Watcher>();
        services.AddSingleton<OwnContract>();
        services.AddSingleton<PartnerCalls>();
        services.AddSingleton<ContractCalls>();
        services.AddHostedService<RefusalFlusher>();
    }

    private static void AddRpc(IServiceCollection services, GatewaySettings settings)
    {
        services.AddDataProtection()
            .SetApplicationName("gateway")
            .PersistKeysToFileSystem(new DirectoryInfo(settings.Data.TokenKeys));
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<ReleaseInterceptor>();
            grpc.MaxReceiveMessageSize = MaxRequestSize;
            grpc.EnableDetailedErrors = false;
            // An unknown method is ours to refuse and record.
            grpc.IgnoreUnknownServices = true;
        });
        services.AddSingleton<ReleaseInterceptor>();
    }
}
