using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Tests.Log;

public sealed class RecorderTests
{
    private static readonly PeerConnection s_connection = Connect();
    private static readonly DateTimeOffset s_time = new(2026, 3, 1, 12, 30, 15, 250, TimeSpan.Zero);

    private static readonly Gen<CallRecord> s_calls =
        from id in Gen.Guid
        from ticks in Gen.Long[0, TimeSpan.TicksPerDay * 20_000]
        from reason in Gen.Enum<RefusalReason>().Nullable()
        from purpose in Gen.OneOf(Gen.Const(""), Gen.Const("essential.service.fulfillment.warehousing"), Gen.Const("\u00e9t\u00e9 \ud83d\udce6"))
        from basis in Gen.Enum<LegalBasis>().Nullable()
        from records in Pseudonyms
        from tombstones in Pseudonyms
        from traced in Gen.Bool
        from linked in Gen.Bool
        from scoped in Gen.Bool
        from count in Gen.UInt
        from noticed in Gen.Long[0, TimeSpan.TicksPerDay * 20_000].Nullable()
        from legal in Gen.Bool
        select new CallRecord
        {
            Receipt = new ReceiptId(id),
            Time = DateTimeOffset.UnixEpoch.AddTicks(ticks),
            Caller = new CallerFacts("northgate-warehouse", s_connection),
            Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment",
            Refusal = reason,
            Purpose = purpose,
            Basis = basis,
            Scope = scoped ? new StoredScope(SHA256.HashData("s"u8), "s"u8.ToArray()) : null,
            Records = records,
            Subjects = records.Reverse().ToArray(),
            Tombstones = tombstones,
            Trace = traced ? ActivityTraceId.CreateRandom() : default,
            Span = traced ? ActivitySpanId.CreateRandom() : default,
            Link = linked ? Linked() : null,
            Count = count,
            Legal = legal ? new LegalReference("legal-2026-0a1b2c3d", noticed is { } after ? DateTimeOffset.UnixEpoch.AddTicks(after) : null) : null,
        };

    private static Gen<Pseudonym[]> Pseudonyms => Gen.Byte.Array[16].Select(b => new Pseudonym(b)).Array[0, 40];

    [Fact]
    public void Append_AnyCall_IsWhatAnEntrySerialisesTo() => s_calls.Sample(call => Record(call).ShouldBe(Expected(call).ToByteArray()));

    [Fact]
    public void Append_LargestCall_FitsALeaf()
    {
        var most = Enumerable.Range(0, 256).Select(_ => new Pseudonym(RandomNumberGenerator.GetBytes(16))).ToArray();
        var longest = new string('x', 255);

        var leaf = Record(Released() with
        {
            Caller = new CallerFacts(longest, s_connection),
            Method = longest,
            Purpose = longest,
            Basis = LegalBasis.LegitimateInterests,
            Scope = new StoredScope(SHA256.HashData("s"u8), "s"u8.ToArray()),
            Records = most,
            Subjects = most,
            Tombstones = most,
            Trace = ActivityTraceId.CreateRandom(),
            Span = ActivitySpanId.CreateRandom(),
        });

        leaf.Length.ShouldBeLessThanOrEqualTo(65_535);
        Entry.Parser.ParseFrom(leaf).Tombstones.Length.ShouldBe(256 * 16);
    }

    [Fact]
    public void Append_RecordWithoutSubject_IsABug()
    {
        var log = new MemoryLog();

        Should.Throw<ArgumentException>(() => new Recorder(log).AppendAsync(Released() with { Records = new Pseudonym[1] }).AsTask());

        log.Leaves.ShouldBeEmpty();
    }

    [Fact]
    public async Task Append_LogUnavailable_TellsTheCaller() =>
        await Should.ThrowAsync<LogUnavailableException>(
            async () => await new Recorder(new MemoryLog { Unavailable = true }).AppendAsync(Released()));

    [Fact]
    public async Task Append_ConditionUnmet_TakesRefusalsAndNothingElse()
    {
        var log = new MemoryLog();
        var recorder = new Recorder(log, new Condition("no witness has cosigned the log"));

        (await Should.ThrowAsync<LogUnavailableException>(async () => await recorder.AppendAsync(Released()))).Message.ShouldBe("no witness has cosigned the log");
        log.Leaves.ShouldBeEmpty();
        await recorder.AppendAsync(Released() with { Refusal = RefusalReason.LogUnavailable, Scope = null, Records = default, Subjects = default });
        log.Leaves.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Append_ConditionMet_TakesAll()
    {
        var log = new MemoryLog();

        await new Recorder(log, new Condition(Unmet: null)).AppendAsync(Released());

        log.Leaves.Count.ShouldBe(1);
    }

    private sealed record Condition(string? Unmet) : IDisclosureCondition;

    private static byte[] Record(CallRecord call)
    {
        var log = new MemoryLog();
        new Recorder(log).AppendAsync(call).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        return log.Leaves.ShouldHaveSingleItem();
    }

    private static CallRecord Released() => new()
    {
        Receipt = ReceiptId.New(s_time),
        Time = s_time,
        Caller = new CallerFacts("northgate-warehouse", s_connection),
        Method = "gateway.fulfilment.v1.FulfilmentService/GetShipment",
        Refusal = null,
    };

    private static Entry Expected(CallRecord call)
    {
        var row = call.Refusal is { } reason ? Refusals.Of(reason) : null;
        var link = new byte[call.Link is null ? 0 : 24];
        call.Link?.CopyTo(link);
        return new Entry
        {
            Receipt = ByteString.CopyFrom(call.Receipt.Value.ToByteArray(bigEndian: true)),
            Time = Timestamp.FromDateTimeOffset(call.Time),
            Kind = row is null ? Kind.Disclosure : Kind.Refusal,
            Caller = new Entry.Types.Caller
            {
                Partner = call.Caller.Partner,
                Spki = ByteString.CopyFrom(s_connection.Identity.Key.Bytes.Span),
                Serial = ByteString.CopyFrom(1, 2, 3),
                Peer = "[::1]:40000",
                Connection = "0HN1",
            },
            Method = call.Method,
            Purpose = call.Purpose ?? "",
            Basis = call.Basis?.Name() ?? "",
            Scope = call.Scope is null ? ByteString.Empty : ByteString.CopyFrom(call.Scope.Hash.Span),
            Records = Join(call.Records),
            Subjects = Join(call.Subjects),
            Outcome = row?.Outcome ?? Outcome.Released,
            Refusal = row?.Name ?? "",
            Status = (int)(row?.Status ?? Grpc.Core.StatusCode.OK),
            Trace = call.Trace == default ? ByteString.Empty : ByteString.CopyFrom(Convert.FromHexString(call.Trace.ToHexString())),
            Span = call.Trace == default ? ByteString.Empty : ByteString.CopyFrom(Convert.FromHexString(call.Span.ToHexString())),
            Link = ByteString.CopyFrom(link),
            Count = call.Count,
            Tombstones = Join(call.Tombstones),
            LegalCase = call.Legal is not { } legal ? null : new Entry.Types.LegalCase
            {
                Id = legal.CaseId,
                NoticeAfter = legal.NoticeAfter is { } after ? Timestamp.FromDateTimeOffset(after) : null,
            },
        };
    }

    private static PartnerTrace Linked()
    {
        PartnerTrace.TryParse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", out var link).ShouldBeTrue();
        return link;
    }

    private static ByteString Join(ReadOnlyMemory<Pseudonym> pseudonyms) =>
        ByteString.CopyFrom([.. pseudonyms.ToArray().SelectMany(p => Convert.FromHexString(p.ToString()))]);

    private static PeerConnection Connect()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(s_time, s_time.AddDays(1));
        SpiffeId.TryParse("spiffe://shop.example/partner/northgate-warehouse", out var uri).ShouldBeTrue();
        var identity = new PeerIdentity(
            uri, FrozenSet.Create(StringComparer.Ordinal, "partners"), SpkiHash.Of(certificate), new byte[] { 1, 2, 3 }, s_time, s_time.AddDays(1));
        return new PeerConnection("0HN1", identity, new IPEndPoint(IPAddress.IPv6Loopback, 40000), s_time);
    }
}
