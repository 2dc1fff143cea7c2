using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Minimisation;
using Gateway.Core.Telemetry;
using Gateway.Protos.Fulfilment.V1;

namespace Gateway.Core.Tests.Telemetry;

public sealed class CallTraceTests : IDisposable
{
    private const string Hostile = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-00";
    private static readonly Catalogue s_catalogue = Catalogue.Compile(FulfilmentReflection.Descriptor);
    private static readonly ServiceMethod s_method = s_catalogue.Methods["gateway.fulfilment.v1.FulfilmentService/GetShipment"];
    private readonly Spans _spans = new();

    [Fact]
    public void Start_InsideAnotherActivity_IsANewRoot()
    {
        using var outer = new Activity("outer").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("k", "v").Start();

        using var trace = CallTrace.Start(s_method, traceparent: null);
        trace.End(0);

        var root = _spans.Root(trace.TraceId);
        root.TraceId.ShouldNotBe(outer.TraceId);
        root.ParentSpanId.ShouldBe(default);
        root.Baggage.ShouldBeEmpty();
        root.DisplayName.ShouldBe("gateway.fulfilment.v1.FulfilmentService/GetShipment");
    }

    [Fact]
    public void Start_PartnerSaysDoNotSample_IsRecordedAndKeepsTheContextAsALinkOnly()
    {
        using var trace = CallTrace.Start(s_method, Hostile);
        trace.End(1);

        var root = _spans.Root(trace.TraceId);
        root.Recorded.ShouldBeTrue();
        root.TraceId.ShouldNotBe(trace.Link!.Value.Trace);
        var link = root.Links.Single().Context;
        link.TraceId.ToHexString().ShouldBe("0123456789abcdef0123456789abcdef");
        link.TraceFlags.ShouldBe(ActivityTraceFlags.None);
        link.TraceState.ShouldBeNull();
        trace.Link!.Value.Span.ToHexString().ShouldBe("0123456789abcdef");
    }

    [Fact]
    public void Step_InACall_IsAChildOfTheRootAlsoWithoutACurrentActivity()
    {
        using var trace = CallTrace.Start(s_method, traceparent: null);
        Activity.Current = null;
        using (trace.Step(Steps.Fetch))
        {
        }

        trace.End(0);
        _spans.Of(trace.TraceId).Single(a => a.DisplayName == "fetch").ParentSpanId.ShouldBe(trace.SpanId);
    }

    [Fact]
    public void Step_OnALongStream_IsBoundedAndSaysHowManyAreMissing()
    {
        using var trace = CallTrace.Start(s_method, traceparent: null);
        for (var i = 0; i < CallTrace.MaxSteps + 5; i++)
        {
            using var step = trace.Step(Steps.Record);
        }

        trace.End(0);

        _spans.Of(trace.TraceId).Length.ShouldBe(CallTrace.MaxSteps + 1);
        _spans.Root(trace.TraceId).GetTagItem(Attributes.StepsOmitted).ShouldBe(5);
    }

    [Fact]
    public void End_AReleasedCall_CarriesEveryAttributeOfTheDecision()
    {
        var grant = Grant();
        var receipt = ReceiptId.New(DateTimeOffset.UnixEpoch);
        using var trace = CallTrace.Start(s_method, traceparent: null);
        trace.Identify(Contract(grant));
        trace.Use(new Snapshot("rev1", new Policy("p", FrozenSet<string>.Empty, FrozenDictionary<string, Purpose>.Empty), []));
        trace.Authorize(grant, fieldsReleased: 7, fieldsWithheld: 10);
        trace.Record(receipt);
        trace.End(3);

        var root = _spans.Root(trace.TraceId);
        root.Status.ShouldBe(ActivityStatusCode.Unset);
        root.TagObjects.ShouldBe(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["rpc.system.name"] = "grpc",
            ["rpc.method"] = "gateway.fulfilment.v1.FulfilmentService/GetShipment",
            ["rpc.status_code"] = "OK",
            ["rpc.response.status_code"] = "OK",
            ["gateway.partner"] = "northgate-warehouse",
            ["gateway.contract"] = "northgate-warehousing",
            ["gateway.revision"] = "rev1",
            ["gateway.purpose"] = "essential.service.fulfillment.warehousing",
            ["gateway.fields.released"] = 7,
            ["gateway.fields.withheld"] = 10,
            ["gateway.receipt"] = receipt.ToString(),
            ["gateway.decision"] = "released",
            ["gateway.records"] = 3,
        }, ignoreOrder: true);
    }

    [Fact]
    public void End_EveryRefusal_IsDecidedAsTheTableSaysAndADenialIsNoError()
    {
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            using var trace = CallTrace.Start(s_method, traceparent: null);
            trace.End(reason);

            var row = Refusals.Of(reason);
            var root = _spans.Root(trace.TraceId);
            root.GetTagItem(Attributes.Refusal).ShouldBe(row.Name);
            root.GetTagItem(Attributes.Decision).ShouldBe(row.Outcome == Protos.Log.V1.Outcome.Refused ? "refused" : "failed");
            root.GetTagItem(Attributes.RpcStatus).ShouldBe(RpcStatus.Name(row.Status));
            root.Status.ShouldBe(RpcStatus.IsError(row.Status) ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
            root.GetTagItem(Attributes.ErrorType).ShouldBe(RpcStatus.IsError(row.Status) ? RpcStatus.Name(row.Status) : null);
        }
    }

    [Fact]
    public void End_ARefusedCall_IsCountedByPartnerPurposeAndReason()
    {
        var partner = $"partner-{Guid.NewGuid()}";
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (i, l) =>
        {
            if (i.Name == "gateway.decisions")
            {
                l.EnableMeasurementEvents(i);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var text = string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"));
            if (text.Contains(partner, StringComparison.Ordinal))
            {
                counted.Add(text);
            }
        });
        listener.Start();
        var grant = Grant();

        using var trace = CallTrace.Start(s_method, traceparent: null);
        trace.Identify(Contract(grant, partner));
        trace.Authorize(grant, 1, 2);
        trace.End(RefusalReason.RecordNotAvailable);

        counted.ShouldHaveSingleItem().ShouldBe(
            $"gateway.partner={partner} gateway.purpose=essential.service.fulfillment.warehousing gateway.decision=refused "
            + "gateway.refusal=RECORD_NOT_AVAILABLE");
    }

    [Fact]
    public void End_Twice_TheFirstStands()
    {
        using var trace = CallTrace.Start(s_method, traceparent: null);
        trace.End(RefusalReason.MethodNotGranted);
        trace.End(1);

        _spans.Root(trace.TraceId).GetTagItem(Attributes.Decision).ShouldBe("refused");
    }

    [Fact]
    public void Dispose_WithoutAnEnd_IsAFault()
    {
        var trace = CallTrace.Start(method: null, traceparent: null);
        trace.Dispose();

        var root = _spans.Root(trace.TraceId);
        root.DisplayName.ShouldBe("_OTHER");
        root.GetTagItem(Attributes.Refusal).ShouldBe("INTERNAL_FAULT");
        root.Status.ShouldBe(ActivityStatusCode.Error);
    }

    public void Dispose() => _spans.Dispose();

    private static Grant Grant()
    {
        var record = s_method.Record!;
        return new Grant
        {
            Id = 1,
            Contract = "northgate-warehousing",
            Partner = "northgate-warehouse",
            Purpose = new Purpose("essential.service.fulfillment.warehousing", "", FrozenSet<string>.Empty, FrozenSet<LegalBasis>.Empty),
            Basis = LegalBasis.Contract,
            Record = record,
            Methods = FrozenSet.Create(StringComparer.Ordinal, s_method.FullName),
            Fields = [],
            Granted = FieldSet.Of(record, []),
            Window = TimeSpan.Zero,
            MaxOpen = TimeSpan.Zero,
            DeleteAfter = TimeSpan.Zero,
            Limits = new Limits(null, null, 120),
        };
    }

    private static Contract Contract(Grant grant, string? partner = null)
    {
        SpiffeId.TryParse("spiffe://shop.example/partner/northgate-warehouse", out var uri).ShouldBeTrue();
        return new Contract
        {
            Name = grant.Contract,
            Partner = new Partner(partner ?? grant.Partner, "", PartnerRole.Processor, "GB", null, "", ""),
            Agreement = new Agreement("", DateTimeOffset.MinValue, DateTimeOffset.MaxValue),
            Identity = new IdentityTerms("partners", uri, [], []),
            Grants = [grant],
            SuspendOn = [],
        };
    }
}
