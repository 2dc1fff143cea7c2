using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Gateway.Core.Annotations;
using Gateway.Core.Minimisation;
using Gateway.Protos.Type.V1;
using Gateway.TestProtos.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using static Gateway.Core.Tests.Minimisation.Grants;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>Random records with unknown fields at every level, random grants, transforms and masks, against an oracle by reflection.</summary>
public sealed class ProjectorPropertyTests
{
    private static readonly Transform[] s_transforms =
    [
        new Transform.KeepLast(2), new Transform.KeepFirst(1), new Transform.YearOnly(), new Transform.Pseudonym(), new Transform.Bucket(7),
        new Transform.Bucket(1000),
    ];

    [Fact]
    public void Project_AnyRecordGrantAndMask_GivesExactlyTheirIntersection() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var record = Record(random);
            var share = random.NextDouble();
            var granted = EverythingRecord.Leaves.Where(_ => random.NextDouble() < share)
                .Select(l => (l.Path, Transform: TransformFor(l, random))).ToArray();
            var grant = Of(EverythingRecord, granted);
            var mask = FieldSet.Of(EverythingRecord, EverythingRecord.Leaves.Where(_ => random.Next(4) > 0));
            var allowed = grant.Granted.Intersect(mask).Leaves(EverythingRecord);
            var transforms = grant.Fields.ToDictionary(f => f.Leaf, f => f.Transform);

            var projector = Projector.Compile(grant, Key);
            var answer = projector.Project(record, random.Next(2) == 0 ? mask : grant.Granted.Intersect(mask));

            Populated.Lines(answer, EverythingRecord.Leaves).ShouldBe(
                Populated.Lines(record, allowed, (leaf, value) => Changed(transforms[leaf], leaf, value)));
            var bytes = answer.ToByteArray();
            var paths = allowed.Select(l => l.Path).ToArray();
            Wire.Paths(Everything.Descriptor, bytes).ShouldAllBe(path => !path.Contains('#') && paths.Any(a =>
                a == path || a.StartsWith(path + ".", StringComparison.Ordinal) || path.StartsWith(a + ".", StringComparison.Ordinal)));
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Wire.Canary)).ShouldBe(-1);
        },
        iter: 150);

    [Fact]
    public void Project_EverythingGranted_IsTheRecordWithoutItsUnknownFields() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var plain = new RandomMessages(random).Next<Everything>();
            var source = Everything.Parser.ParseFrom(Wire.WithUnknownFields(Everything.Descriptor, plain.ToByteArray(), random));

            s_all.Project(source, FieldSet.Of(EverythingRecord, EverythingRecord.Leaves)).ToByteString()
                .ShouldBe(Everything.Parser.ParseFrom(plain.ToByteArray()).ToByteString());
        },
        iter: 300);

    /// <summary>Without this, the test above could pass on records that hold nothing to strip.</summary>
    [Fact]
    public void Wire_WithUnknownFields_ReachesEveryLevel()
    {
        var random = new Random(1);
        var seen = Enumerable.Range(0, 200)
            .SelectMany(_ => Wire.Paths(Everything.Descriptor, Record(random).ToByteArray())).ToHashSet(StringComparer.Ordinal);

        foreach (var level in new[] { "", "nested.", "nested.deep.leaves.", "items.place.", "amount.", "items.at.", "loose.", "chosen_time.", "amounts." })
        {
            seen.ShouldContain(path => path.StartsWith(level + "#", StringComparison.Ordinal), level);
        }
    }

    private static readonly Projector s_all =
        Projector.Compile(Of(EverythingRecord, EverythingRecord.Leaves.Select(l => l.Path)), Key);

    private static Everything Record(Random random) => Everything.Parser.ParseFrom(
        Wire.WithUnknownFields(Everything.Descriptor, new RandomMessages(random).Next<Everything>().ToByteArray(), random));

    private static Transform? TransformFor(Leaf leaf, Random random)
    {
        var fitting = s_transforms.Where(t => t.FitsOn(leaf, out _)).ToArray();
        return fitting.Length == 0 || random.Next(2) == 0 ? null : fitting[random.Next(fitting.Length)];
    }

    /// <summary>The transforms once more, the slow and plain way.</summary>
    private static object Changed(Transform? transform, Leaf leaf, object value) => (transform, value) switch
    {
        (null, _) => value,
        (Transform.KeepLast keep, string text) => Elements(text) is var e && e.Count > keep.Count ? string.Concat(e.TakeLast(keep.Count)) : "",
        (Transform.KeepFirst keep, string text) => Elements(text) is var e && e.Count > keep.Count ? string.Concat(e.Take(keep.Count)) : "",
        (Transform.Pseudonym, "") => "",
        (Transform.Pseudonym, string text) => Convert.ToBase64String(HMACSHA256.HashData(
                Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), Encoding.UTF8.GetBytes($"gateway pseudonym v1\0{leaf.Category}\0{text}")),
            0, 16).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        (Transform.YearOnly, Timestamp time) =>
            Timestamp.FromDateTime(new DateTime(time.ToDateTime().Year, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        (Transform.Bucket bucket, Money money) => new Money
        {
            CurrencyCode = money.CurrencyCode,
            Units = (long)Floor(
                BigInteger.Max(
                    long.MinValue, BigInteger.Min(long.MaxValue, Floor((money.Units * (BigInteger)1_000_000_000) + money.Nanos, 1_000_000_000, null) / 1_000_000_000)),
                bucket.Size, long.MinValue),
        },
        (Transform.Bucket bucket, int number) => (int)Floor(number, bucket.Size, int.MinValue),
        (Transform.Bucket bucket, uint number) => (uint)Floor(number, bucket.Size, 0),
        (Transform.Bucket bucket, long number) => (long)Floor(number, bucket.Size, long.MinValue),
        (Transform.Bucket bucket, ulong number) => (ulong)Floor(number, bucket.Size, 0),
        _ => throw new InvalidOperationException($"{transform} on {value.GetType()}"),
    };

    private static BigInteger Floor(BigInteger number, long size, BigInteger? lowest)
    {
        var floor = number - (((number % size) + size) % size);
        return floor < lowest ? floor + size : floor;
    }

    private static List<string> Elements(string text)
    {
        var elements = new List<string>();
        for (var each = StringInfo.GetTextElementEnumerator(text); each.MoveNext();)
        {
            elements.Add(each.GetTextElement());
        }

        return elements;
    }
}
