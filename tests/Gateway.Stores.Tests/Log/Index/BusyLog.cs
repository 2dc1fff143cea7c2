using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Stores.Tests.Log.Index;

/// <summary>
/// A log of many entries as a busy gateway leaves them, the same for the same count: partners of very different weight, one customer
/// in every third call, refusals, failures, and acts of staff that come once in thousands.
/// </summary>
internal sealed class BusyLog(int entries)
{
    public const string Busy = "partner-00";
    public const string Quiet = "partner-19";
    public const int Partners = 20;

    private static readonly string[] s_paths = ["order_id", "recipient_name", "address.street", "address.country", "email", "phone_number"];
    private readonly Random _random = new(20261123);

    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Time from one entry to the next.</summary>
    public static TimeSpan Step { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whoever buys without an account.</summary>
    public static Pseudonym Guest { get; } = Person(0);

    public static IReadOnlyList<Scope> Scopes { get; } = [.. Enumerable.Range(0, Partners * 3).Select(i => new Scope
    {
        Contract = $"contract-{i / 3:00}", Record = i % 3 == 0 ? "gateway.payment.v1.Charge" : "gateway.fulfilment.v1.Shipment",
        Purpose = Purpose(i), Released = { s_paths.Take(1 + (i % 3)) }, Transformed = { new Scope.Types.Transformed { Path = i == 59 ? "rare.leaf" : "email" } },
    })];

    public static Pseudonym Person(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    public static byte[] Key(string partner, int number) => SHA256.HashData(Encoding.ASCII.GetBytes($"{partner}/{number}"));

    public static string Purpose(int scope) => $"essential.service.purpose_{scope % 3}";

    public static string Method(int scope, int method) => $"gateway.test.v1.Service{scope % 3}/Method{method}";

    /// <summary>Appends them all.</summary>
    public async Task AppendToAsync(SqliteDisclosureLog log)
    {
        var flying = new Queue<Task>();
        for (var i = 0; i < entries; i++)
        {
            var (entry, scope) = Entry(i);
            flying.Enqueue(log.AppendAsync(entry.ToByteArray(), scope is null ? null : SampleEntries.Stored(scope)).AsTask());
            if (flying.Count >= 500)
            {
                await flying.Dequeue();
            }
        }

        await Task.WhenAll(flying);
    }

    private (Entry Entry, Scope? Scope) Entry(int index)
    {
        // Made before it is appended: in order of time only to within seconds.
        var time = Start + (Step * index) - TimeSpan.FromMilliseconds(_random.Next(5000));
        var entry = new Entry { Receipt = Bytes(ReceiptId.New(time)), Time = Timestamp.FromDateTimeOffset(time) };
        if (_random.Next(2000) == 0)
        {
            entry.Kind = Kind.Administration;
            entry.Administration = new Entry.Types.Administration
            {
                Actor = "operator", Action = _random.Next(4) == 0 ? "subject.forget" : "log.query", Target = Person(_random.Next(1, 40_000)).ToString(),
            };
            return (entry, null);
        }

        // Each partner has half the weight of the one before, down to a few calls in all.
        var partner = Math.Min(Partners - 1, int.LeadingZeroCount(_random.Next()) - 1);
        var number = (partner * 3) + _random.Next(3);
        entry.Caller = new Entry.Types.Caller
        {
            Partner = $"partner-{partner:00}", Spki = ByteString.CopyFrom(Key($"partner-{partner:00}", index / Math.Max(1, entries / 2))),
            Peer = $"192.0.2.{partner}:{_random.Next(1024, 65536)}", Connection = "0HN0000000000",
        };
        entry.Method = Method(number, _random.Next(4));
        entry.Purpose = Purpose(number);
        entry.Basis = "contract";
        entry.Trace = Random(16);
        entry.Span = Random(8);
        if (_random.Next(10) == 0)
        {
            entry.Link = Random(24);
        }

        var luck = _random.Next(1000);
        (entry.Kind, entry.Outcome, entry.Refusal) = luck switch
        {
            < 100 => (Kind.Refusal, Outcome.Refused, "RATE_EXCEEDED"),
            < 101 => (Kind.Refusal, Outcome.Refused, "KEY_REVOKED"),
            < 102 => (Kind.Refusal, Outcome.Failed, "INTERNAL_FAULT"),
            _ => (Kind.Disclosure, Outcome.Released, ""),
        };
        if (entry.Kind == Kind.Disclosure)
        {
            Pseudonym[] people = [.. Enumerable.Range(0, _random.Next(8) == 0 ? 20 : 1).Select(_ => _random.Next(3) == 0 ? Guest : Person(_random.Next(1, 40_000)))];
            entry.Scope = SampleEntries.HashOf(Scopes[number]);
            entry.Subjects = SampleEntries.Join(people);
            entry.Records = SampleEntries.Join([.. people.Select(_ => Person(_random.Next(100_000, 300_000)))]);
            entry.Tombstones = _random.Next(50) == 0 ? SampleEntries.Join([Person(_random.Next(100_000, 300_000))]) : ByteString.Empty;
            return (entry, Scopes[number]);
        }

        return (entry, null);
    }

    private ByteString Random(int size)
    {
        var bytes = new byte[size];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static ByteString Bytes(ReceiptId id) => ByteString.CopyFrom(id.Value.ToByteArray(bigEndian: true));
}
