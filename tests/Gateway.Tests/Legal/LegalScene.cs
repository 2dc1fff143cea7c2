using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Gateway.Configuration;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Legal;

/// <summary>A running gateway, the customer of its shop with the most orders, and the people who act on cases.</summary>
internal sealed class LegalScene : IAsyncDisposable
{
    private readonly Dictionary<string, GrpcChannel> _channels = new(StringComparer.Ordinal);

    private LegalScene(RunningGateway gateway, ShiftedClock clock)
    {
        Gateway = gateway;
        Clock = clock;
        Orders = ReadOrders(gateway.Settings);
    }

    public RunningGateway Gateway { get; }

    public ShiftedClock Clock { get; }

    /// <summary>The customer's orders, oldest first, each on a day of its own.</summary>
    public IReadOnlyList<(string Id, string Customer, DateTimeOffset Opened)> Orders { get; }

    public string Customer => Orders[0].Customer;

    public LegalService.LegalServiceClient Counsel => As("legal-counsel");

    public LegalService.LegalServiceClient Officer => As("privacy-officer");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<LegalScene> StartAsync(GatewaySettings settings, ShiftedClock? clock = null, Action<IServiceCollection>? more = null)
    {
        clock ??= new ShiftedClock();
        return new LegalScene(await RunningGateway.StartAsync(settings, clock, more), clock);
    }

    public LegalService.LegalServiceClient As(string person)
    {
        if (!_channels.TryGetValue(person, out var channel))
        {
            _channels[person] = channel = Gateway.AsStaff(person);
        }

        return new LegalService.LegalServiceClient(channel);
    }

    /// <summary>A day from now on as case files write it.</summary>
    public string Day(double fromNow) => Day(Clock.GetUtcNow().AddDays(fromNow));

    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A case file about the customer's orders but the last one, by name and postal code.</summary>
    public string CaseFile(string ground = "legal_process", string more = "") => $$"""
        ground: {{ground}}
        recipient: { kind: court, name: Crown Court at Leeds, country: GB }
        instrument: Production order
        number: PO-2026-118
        subjects: [{{Customer}}]
        scope:
          - record: gateway.fulfilment.v1.Shipment
            paths: [order_id, recipient_name, address.postal_code, lines.sku]
          - record: gateway.payment.v1.Charge
            paths: [payment_id, email, amount]
        from: {{Day(Orders[0].Opened)}}
        until: {{Day(Orders[^2].Opened)}}
        expires: {{Day(30)}}
        {{more}}
        """;

    public async Task<LegalCase> OpenAsync(string file, LegalService.LegalServiceClient? by = null)
    {
        var answer = await (by ?? Counsel).OpenCaseAsync(new OpenCaseRequest { FileName = "case.yaml", File = ByteString.CopyFromUtf8(file) }, cancellationToken: Cancellation);
        answer.Errors.ShouldBeEmpty();
        return answer.Case;
    }

    public static async Task<LegalCase> ApproveAsync(string id, LegalService.LegalServiceClient by, Timestamp? noticeUntil = null) =>
        (await by.ApproveCaseAsync(new ApproveCaseRequest { CaseId = id, NoticeUntil = noticeUntil }, cancellationToken: Cancellation)).Case;

    /// <summary>Opened and approved by all that it needs.</summary>
    public async Task<LegalCase> ApprovedAsync(string file)
    {
        var legal = await OpenAsync(file);
        legal = await ApproveAsync(legal.Id, Counsel);
        return legal.ApprovalsNeeded == 1 ? legal : await ApproveAsync(legal.Id, Officer);
    }

    public async Task<(ReleaseResponse.Types.Summary Summary, byte[] File)> ReleaseAsync(
        string id, X509Certificate2? recipient = null, LegalService.LegalServiceClient? by = null)
    {
        var request = new ReleaseRequest { CaseId = id, Certificate = recipient is null ? ByteString.Empty : ByteString.CopyFrom(recipient.RawData) };
        using var call = (by ?? Counsel).Release(request, cancellationToken: Cancellation);
        ReleaseResponse.Types.Summary? summary = null;
        using var file = new MemoryStream();
        while (await call.ResponseStream.MoveNext(Cancellation))
        {
            summary ??= call.ResponseStream.Current.Summary;
            call.ResponseStream.Current.Sealed.WriteTo(file);
        }

        summary.ShouldNotBeNull().Length.ShouldBe(file.Length);
        return (summary, file.ToArray());
    }

    /// <summary>The call is refused with this status; gives the sentence.</summary>
    public static async Task<string> RefusedAsync(Func<Task> call, StatusCode status = StatusCode.FailedPrecondition)
    {
        var refused = await Should.ThrowAsync<RpcException>(call);
        refused.StatusCode.ShouldBe(status, refused.Status.Detail);
        return refused.Status.Detail;
    }

    public Task<List<Entry>> EntriesAsync() => LoggedEntries.ReadAsync(Gateway.Settings.Log);

    /// <summary>Disclosures of cases in the log.</summary>
    public async Task<List<Entry>> DisclosuresAsync() => [.. (await EntriesAsync()).Where(e => e.LegalCase is not null)];

    /// <summary>The acts on a case in the log, in order.</summary>
    public async Task<List<string>> ActsAsync(string id) =>
        [.. (await EntriesAsync()).Where(e => e.Administration?.Target == id).Select(e => $"{e.Administration.Action} by {e.Administration.Actor}")];

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }

        await Gateway.DisposeAsync();
    }

    private static List<(string Id, string Customer, DateTimeOffset Opened)> ReadOrders(GatewaySettings settings)
    {
        using var shop = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = settings.Data.Shop, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        shop.Open();
        using var command = shop.CreateCommand();
        command.CommandText = """
            WITH orders_of AS (SELECT DISTINCT order_id, subject_id, opened_at, date(opened_at) AS day FROM sharing_shipments),
                 most AS (SELECT subject_id FROM orders_of GROUP BY subject_id HAVING count(DISTINCT day) = count(*) ORDER BY count(*) DESC, subject_id LIMIT 1)
            SELECT order_id, subject_id, opened_at FROM orders_of WHERE subject_id = (SELECT subject_id FROM most) ORDER BY opened_at
            """;
        using var rows = command.ExecuteReader();
        var orders = new List<(string, string, DateTimeOffset)>();
        while (rows.Read())
        {
            orders.Add((rows.GetString(0), rows.GetString(1), DateTimeOffset.Parse(rows.GetString(2), CultureInfo.InvariantCulture)));
        }

        orders.Count.ShouldBeGreaterThan(2, "the demo's shop has a customer with some orders");
        return orders;
    }
}
