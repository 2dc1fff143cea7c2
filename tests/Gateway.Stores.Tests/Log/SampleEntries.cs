using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Stores.Tests.Log;

/// <summary>Entries as a busy gateway makes them, the same in each run but for their ids.</summary>
internal sealed class SampleEntries(DateTimeOffset start)
{
    private static readonly string[] s_partners = ["northgate-warehouse", "southgate-warehouse", "cedar-payments"];
    public static IReadOnlyList<Scope> Scopes { get; } =
    [
        new() { Record = "gateway.fulfilment.v1.Shipment", Released = { "order_id", "address.street", "address.country" } },
        new() { Record = "gateway.payment.v1.Charge", Released = { "payment_id" }, Transformed = { new Scope.Types.Transformed { Path = "email" } } },
    ];

    private readonly Random _random = new(20260301);

    /// <summary>Appends entries of every kind, one each <paramref name="step"/>, by default a minute.</summary>
    public async Task AppendAsync(SqliteDisclosureLog log, int count, TimeSpan? step = null)
    {
        var from = log.Head;
        for (var i = 0; i < count; i++)
        {
            var time = start + ((step ?? TimeSpan.FromMinutes(1)) * (from + i));
            var scope = Scopes[_random.Next(2)];
            var entry = _random.Next(5) switch
            {
                0 => Refusal(time),
                1 => Administration(time),
                _ => Disclosure(time, s_partners[_random.Next(3)], [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Known(_random.Next(50)))]),
            };
            if (entry.Kind == Kind.Disclosure)
            {
                entry.Scope = HashOf(scope);
                entry.Purpose = scope.Equals(Scopes[1]) ? "essential.service.payment_processing" : "essential.service.fulfillment.warehousing";
                entry.Method = scope.Equals(Scopes[1]) ? "gateway.payment.v1.PaymentService/GetCharge" : "gateway.fulfilment.v1.FulfilmentService/GetShipment";
            }

            await log.AppendAsync(entry.ToByteArray(), entry.Kind == Kind.Disclosure ? Stored(scope) : null);
        }
    }

    private Entry Refusal(DateTimeOffset time)
    {
        var entry = Disclosure(time, s_partners[_random.Next(3)], []);
        entry.Kind = Kind.Refusal;
        entry.Outcome = Outcome.Refused;
        entry.Refusal = _random.Next(2) == 0 ? "RATE_EXCEEDED" : "METHOD_NOT_GRANTED";
        entry.Tombstones = ByteString.Empty;
        entry.Scope = ByteString.Empty;
        return entry;
    }

    private static Entry Administration(DateTimeOffset time) => new()
    {
        Receipt = Id(time),
        Time = Timestamp.FromDateTimeOffset(time),
        Kind = Kind.Administration,
        Administration = new Entry.Types.Administration { Actor = "operator", Action = "partner.suspend", Target = "northgate-warehouse" },
    };

    public Entry Disclosure(DateTimeOffset time, string partner, Pseudonym[] records) => new()
    {
        Receipt = Id(time),
        Time = Timestamp.FromDateTimeOffset(time),
        Kind = Kind.Disclosure,
        Caller = new Entry.Types.Caller { Partner = partner, Spki = ByteString.CopyFrom(SHA256.HashData(Encoding.ASCII.GetBytes(partner))) },
        Scope = HashOf(Scopes[1]),
        Records = Join(records),
        Subjects = Join(records),
        Tombstones = _random.Next(10) == 0 ? Join([Known(_random.Next(50))]) : ByteString.Empty,
        Outcome = Outcome.Released,
        Trace = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)),
        Link = _random.Next(3) == 0 ? ByteString.CopyFrom(RandomNumberGenerator.GetBytes(24)) : ByteString.Empty,
    };

    private static Pseudonym Known(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    private static ByteString Id(DateTimeOffset time) => ByteString.CopyFrom(ReceiptId.New(time).Value.ToByteArray(bigEndian: true));

    public static ByteString HashOf(Scope scope) => ByteString.CopyFrom(SHA256.HashData(scope.ToByteArray()));

    public static StoredScope Stored(Scope scope) => new(HashOf(scope).ToByteArray(), scope.ToByteArray());

    public static ByteString Join(Pseudonym[] pseudonyms) =>
        ByteString.CopyFrom([.. pseudonyms.SelectMany(p => Convert.FromHexString(p.ToString()))]);
}
