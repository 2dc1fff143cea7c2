using System.Security.Claims;
using System.Text.Encodings.Web;
using Gateway.Authentication;
using Gateway.Core.Annotations;
using Gateway.Core.Log;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Services;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Log;

/// <summary>The log's staff service on a real server over a real log, with staff named by a header instead of a certificate.</summary>
internal sealed class StaffLogHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-");
    private readonly WebApplication _app;
    private readonly MasterKey _master;

    private StaffLogHost(TimeProvider clock)
    {
        Directory.CreateDirectory(Path.Combine(Data, "keys"));
        Log = SqliteDisclosureLog.Open(Path.Combine(Data, "log.db"), new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        Gate = new GatedLog(Log);
        Reader = SqliteLogReader.Open(Path.Combine(Data, "log.db"));
        Index = SqliteLogIndex.Open(Path.Combine(Data, "log-index.db"), Reader);
        var store = Path.Combine(Data, "keys", "subjects.db");
        _master = MasterKeyFile.OpenOrCreate(Path.Combine(Data, "keys", "master.key"), store);
        Keys = SqliteSubjectKeys.Open(store, _master, new SubjectKeyOptions(), NullLogger<SqliteSubjectKeys>.Instance);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", configureOptions: null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(StaffPolicies.ReadLog, p => p.RequireClaim(StaffPolicies.PermissionClaim, StaffPolicies.ReadLog));
        builder.Services.AddSingleton<IDisclosureLog>(Gate).AddSingleton<ILogReader>(Reader).AddSingleton(Index)
            .AddSingleton<ISubjectKeys>(Keys).AddSingleton<ISubjectLookup>(Shop).AddSingleton(clock)
            .AddSingleton(Catalogue.Compile(FulfilmentReflection.Descriptor))
            .AddSingleton<AdministrationLog>().AddSingleton<DisclosureLogFilters>();
        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapGrpcService<DisclosureLogService>();
    }

    public string Data => _folder.FullName;

    public SqliteDisclosureLog Log { get; }

    public SqliteLogReader Reader { get; }

    public SqliteLogIndex Index { get; }

    public SqliteSubjectKeys Keys { get; }

    public FakeShop Shop { get; } = new();

    public GatedLog Gate { get; }

    public static async Task<StaffLogHost> StartAsync(TimeProvider? clock = null)
    {
        var host = new StaffLogHost(clock ?? TimeProvider.System);
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>A channel as this person.</summary>
    public GrpcChannel Channel(string name, string permission)
    {
        var credentials = CallCredentials.FromInterceptor((_, metadata) =>
        {
            metadata.Add("test-name", name);
            metadata.Add("test-permission", permission);
            return Task.CompletedTask;
        });
        return GrpcChannel.ForAddress(_app.Urls.First(), new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials),
            UnsafeUseInsecureChannelCallCredentials = true,
        });
    }

    /// <summary>Appends a disclosure of these shipments of a subject.</summary>
    public async Task<ReceiptId> DiscloseAsync(string partner, string subjectId, params string[] orders)
    {
        var key = await Keys.GetOrAddAsync(subjectId);
        var scope = new Scope { Record = "gateway.fulfilment.v1.Shipment", Released = { "order_id", "address.street" } };
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var id = ReceiptId.New(now);
        var entry = new Entry
        {
            Receipt = ByteString.CopyFrom(id.Value.ToByteArray(bigEndian: true)),
            Time = Timestamp.FromDateTimeOffset(now),
            Kind = Kind.Disclosure,
            Caller = new Entry.Types.Caller { Partner = partner },
            Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment",
            Outcome = Outcome.Released,
            Scope = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(scope.ToByteArray())),
            Records = Join(orders.Select(o => key.OfRecord("gateway.fulfilment.v1.Shipment", o))),
            Subjects = Join(orders.Select(_ => key.Pseudonym)),
        };
        await Log.AppendAsync(entry.ToByteArray(), new StoredScope(entry.Scope.ToByteArray(), scope.ToByteArray()));
        return id;
    }

    /// <summary>Every entry of the log.</summary>
    public async Task<List<Entry>> EntriesAsync() =>
        [.. (await Reader.ReadAsync(0, 1000, TestContext.Current.CancellationToken)).Select(l => Entry.Parser.ParseFrom(l.Bytes))];

    /// <summary>Stops the gateway and leaves its files.</summary>
    public async Task StopAsync()
    {
        await _app.StopAsync(TestContext.Current.CancellationToken);
        Index.Dispose();
        Reader.Dispose();
        Keys.Dispose();
        Log.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static ByteString Join(IEnumerable<Pseudonym> pseudonyms) =>
        ByteString.CopyFrom([.. pseudonyms.SelectMany(p => Convert.FromHexString(p.ToString()))]);

    /// <summary>A shop that knows whose shipments are whose.</summary>
    internal sealed class FakeShop : ISubjectLookup
    {
        public Dictionary<string, string> Subjects { get; } = new(StringComparer.Ordinal);

        public ValueTask<string?> FindSubjectAsync(RecordType record, string key, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Subjects.GetValueOrDefault(key));
    }

    /// <summary>The log, until it is told to be unavailable.</summary>
    internal sealed class GatedLog(IDisclosureLog log) : IDisclosureLog
    {
        public bool Unavailable { get; set; }

        public ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope) =>
            Unavailable ? throw new LogUnavailableException("told to be") : log.AppendAsync(leaf, scope);
    }

    private sealed class HeaderAuthentication(
        IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["test-name"].ToString() is not { Length: > 0 } name)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            Claim[] claims = [new(ClaimTypes.NameIdentifier, name), new(StaffPolicies.PermissionClaim, Request.Headers["test-permission"].ToString())];
            return Task.FromResult(AuthenticateResult.Success(
                new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name)), Scheme.Name)));
        }
    }
}
