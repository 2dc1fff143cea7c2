using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;
using Gateway.TestProtos.V1;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>Grants as the minimiser's tests need them.</summary>
internal static class Grants
{
    public static Catalogue Catalogue { get; } = Catalogue.Compile(
        EverythingReflection.Descriptor, FulfilmentReflection.Descriptor, PaymentReflection.Descriptor, ShippingReflection.Descriptor);

    public static RecordType EverythingRecord { get; } = Catalogue.Records[Everything.Descriptor.FullName];

    public static RecordType ChargeRecord { get; } = Catalogue.Records[Charge.Descriptor.FullName];

    public static PseudonymKey Key { get; } = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    /// <summary>A grant of these paths, each with its transform or null.</summary>
    public static Grant Of(RecordType record, params IEnumerable<(string Path, Transform? Transform)> fields)
    {
        var granted = fields.Select(f => new GrantedField(record.FindLeaf(f.Path)!, f.Transform, "the test needs it"))
            .OrderBy(f => f.Leaf.Index).ToArray();
        return new Grant
        {
            Id = 1,
            Contract = "northgate-warehousing",
            Partner = "northgate-warehouse",
            Purpose = new Purpose("essential.service", "We pass it on.", FrozenSet<string>.Empty, FrozenSet<LegalBasis>.Empty),
            Basis = LegalBasis.Contract,
            Record = record,
            Methods = FrozenSet<string>.Empty,
            Fields = [.. granted],
            Granted = FieldSet.Of(record, granted.Select(f => f.Leaf)),
            Window = TimeSpan.FromDays(30),
            MaxOpen = TimeSpan.FromDays(90),
            DeleteAfter = TimeSpan.FromDays(30),
            Limits = new Limits(null, null, 120),
        };
    }

    /// <summary>A grant of these paths as they are.</summary>
    public static Grant Of(RecordType record, params IEnumerable<string> paths) => Of(record, paths.Select(p => (p, (Transform?)null)));

    /// <summary>The record through a grant of one path, in full.</summary>
    public static T Through<T>(this T message, RecordType record, string path, Transform? transform = null)
        where T : Google.Protobuf.IMessage
    {
        var grant = Of(record, [(path, transform)]);
        return (T)Projector.Compile(grant, Key).Project(message, grant.Granted);
    }
}
