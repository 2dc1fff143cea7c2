using System.Collections.Frozen;
using System.Net;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Minimisation;
using Gateway.Core.Permissions;
using Gateway.Core.Telemetry;
using Gateway.Core.Tests.Contracts;
using Gateway.Core.Tests.Log;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Payment.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Core.Tests.Exchange;

/// <summary>Everything of the exchange but what lies beyond a process boundary, which is in memory and can be broken.</summary>
internal sealed class ExchangeScene
{
    public const string GetShipment = "gateway.fulfilment.v1.FulfilmentService/GetShipment";
    public const string BatchGetShipments = "gateway.fulfilment.v1.FulfilmentService/BatchGetShipments";
    public const string ListShipments = "gateway.fulfilment.v1.FulfilmentService/ListShipments";
    public const string WatchShipments = "gateway.fulfilment.v1.FulfilmentService/WatchShipments";
    public const string GetCharge = "gateway.payment.v1.PaymentService/GetCharge";
    public const string DescribeContract = "gateway.contract.v1.ContractService/DescribeContract";

    private readonly SnapshotHolder _snapshots;

    public ExchangeScene(params ContractFile[] contracts)
    {
        Planner = new Planner(Catalogue, Source, new AllPreferences(SaidToShop, SaidToGateway), (_, _) => new PseudonymKey(new byte[32]), Clock);
        var plan = Plan(contracts is [] ? [ExchangeContracts.NorthgateFile, ExchangeContracts.CedarFile] : contracts);
        _snapshots = new SnapshotHolder(plan.Snapshot);
        Plans = new PlanHolder(plan, _snapshots);
        var recorder = new Recorder(Log);
        RefusalLog = new RefusalLog(recorder, Safeguards, Clock);
        Pipeline = new Pipeline(Catalogue, Seal, Keys, recorder, RefusalLog, Safeguards, Clock, NullLogger<Pipeline>.Instance);
        Watcher = new Watcher(Catalogue, Pipeline, Plans, Standing, Seal, Keys, new MemoryHistory(Log), recorder, Clock);
        Own = new OwnContract(Pipeline, recorder, Clock);
    }

    public static Catalogue Catalogue { get; } = Catalogue.Compile(
        FulfilmentReflection.Descriptor, PaymentReflection.Descriptor, MailingReflection.Descriptor, ContractReflection.Descriptor);

    public static DateTimeOffset Start => TestContracts.Now;

    public StepClock Clock { get; } = new(Start);

    public MemorySource Source { get; } = new();

    public MemoryPreferences SaidToShop { get; } = new();

    public MemoryPreferences SaidToGateway { get; } = new();

    public MemoryLog Log { get; } = new();

    public MemoryKeys Keys { get; } = new();

    public HeardSafeguards Safeguards { get; } = new();

    public ClearSeal Seal { get; } = new();

    public StandingHolder Standing { get; } = new(Core.Identity.Standing.Clear);

    public Planner Planner { get; }

    public PlanHolder Plans { get; }

    public RefusalLog RefusalLog { get; }

    public Pipeline Pipeline { get; }

    public Watcher Watcher { get; }

    public OwnContract Own { get; }

    /// <summary>Entries of the log, in order.</summary>
    public Entry[] Entries => [.. Log.Entries];

    public static PeerConnection Connection(
        string partner = ExchangeContracts.Northgate, string authority = "partners", string address = "192.0.2.7", byte key = 1, DateTimeOffset? notAfter = null)
    {
        SpiffeId.TryParse($"spiffe://shop.example/partner/{partner}", out var uri).ShouldBeTrue();
        var identity = new PeerIdentity(uri, FrozenSet.Create(StringComparer.Ordinal, authority), Key(key), new byte[] { 5 }, Start.AddYears(-1), notAfter ?? Start.AddYears(1));
        return new PeerConnection("c-1", identity, new IPEndPoint(IPAddress.Parse(address), 50000), Start);
    }

    public static SpkiHash Key(byte key) => SpkiHash.TryParse($"sha256:{new string('0', 62)}{key:x2}", out var hash) ? hash : throw new InvalidOperationException("no key");

    public Plan Plan(params ContractFile[] contracts)
    {
        var compiled = SnapshotCompiler.Compile([ExchangeContracts.Policy, .. contracts], Catalogue, Clock.GetUtcNow());
        compiled.Errors.ShouldBeEmpty();
        return Planner.Prepare(compiled.Snapshot!);
    }

    public void Reload(params ContractFile[] contracts) => Plans.Swap(Plan(contracts));

    public void Suspend(string partner) => Standing.Swap(new Standing(FrozenSet.Create(StringComparer.Ordinal, partner), FrozenSet<SpkiHash>.Empty));

    public OpenCall Open(string? method, PeerConnection? connection = null, string? purpose = null, string? mask = null, DateTimeOffset? deadline = null)
    {
        var known = method is null ? null : Catalogue.Methods[method];
        return new OpenCall(connection ?? Connection(), known, CallTrace.Start(known, null), Clock.GetUtcNow())
        {
            Purpose = purpose,
            ReadMask = mask,
            Deadline = deadline ?? DateTimeOffset.MaxValue,
        };
    }

    public Outcome<IdentifiedCall> Gate(OpenCall open) => IdentifiedCall.Gate(open, Plans.Current, Standing.Current, Clock.GetUtcNow());

    public IdentifiedCall Identified(OpenCall open) => Gate(open).Passed(out var call, out var refusal) ? call : throw new ShouldAssertException($"{refusal.Reason}");

    /// <summary>The answer; a refusal fails the test.</summary>
    public async Task<T> AnswerAsync<T>(OpenCall open, IMessage request)
    {
        var outcome = await Pipeline.AnswerAsync(Identified(open), request, CancellationToken.None);
        return outcome.Passed(out var answer, out var refusal) ? (T)answer : throw new ShouldAssertException($"{refusal}");
    }

    /// <summary>The refusal; an answer fails the test.</summary>
    public Task<Refusal> RefusedAsync(OpenCall open, IMessage request) => RefusedWhenCancelledAsync(open, request, CancellationToken.None);

    /// <summary>The refusal of a call that its caller can cancel.</summary>
    public async Task<Refusal> RefusedWhenCancelledAsync(OpenCall open, IMessage request, CancellationToken cancellationToken)
    {
        var outcome = await Pipeline.AnswerAsync(Identified(open), request, cancellationToken);
        return outcome.Passed(out var answer, out var refusal) ? throw new ShouldAssertException($"{answer}") : refusal;
    }

    public StoredRow PutShipment(string key, string? subject = null, DateTimeOffset? updated = null, string recipient = ExchangeContracts.Northgate)
    {
        var row = new StoredRow(key, subject ?? "s-" + key, recipient, Clock.GetUtcNow().AddDays(-1), updated ?? Clock.GetUtcNow(), new Shipment
        {
            OrderId = key,
            RecipientName = "Recipient of " + key,
            PhoneNumber = "555-0123",
            GiftMessage = "never granted",
            Address = new() { Street = "1 Main Street", Locality = "never granted" },
        });
        Source.Put(row);
        return row;
    }

    public void PutCharge(string key, string billingName = "B. Payer") => Source.Put(new StoredRow(
        key, "s-" + key, ExchangeContracts.Cedar, Clock.GetUtcNow().AddDays(-1), Clock.GetUtcNow(),
        new Charge { PaymentId = key, OrderId = "A-" + key, BillingName = billingName, PaymentToken = "tok", Email = "payer@mail.example" }));
}
