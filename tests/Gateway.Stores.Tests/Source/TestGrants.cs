using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Protos.Test.V1;

namespace Gateway.Stores.Tests.Source;

/// <summary>Grants on the test records, made by hand.</summary>
internal static class TestGrants
{
    private static readonly Catalogue s_catalogue = Catalogue.Compile(EverythingReflection.Descriptor);

    public static RecordType Everything => s_catalogue.Records["gateway.test.v1.Everything"];

    public static RecordType Clashing => s_catalogue.Records["gateway.test.v1.Clashing"];

    public static RecordType Listed => s_catalogue.Records["gateway.test.v1.Listed"];

    public static Grant Of(RecordType record, params IEnumerable<string> paths)
    {
        var leaves = paths.Select(p => record.FindLeaf(p) ?? throw new ArgumentException($"no leaf {p}", nameof(paths))).OrderBy(l => l.Index).ToArray();
        return new Grant
        {
            Id = 1,
            Contract = "test-contract",
            Partner = RecordSourceSpecification.Partner,
            Purpose = new Purpose("essential.service.fulfillment.warehousing", "We pass on.", FrozenSet<string>.Empty, FrozenSet<LegalBasis>.Empty),
            Basis = LegalBasis.Contract,
            Record = record,
            Methods = FrozenSet<string>.Empty,
            Fields = [.. leaves.Select(l => new GrantedField(l, null, "a test"))],
            Granted = FieldSet.Of(record, leaves),
            Window = TimeSpan.FromDays(30),
            MaxOpen = TimeSpan.FromDays(90),
            DeleteAfter = TimeSpan.FromDays(30),
            Limits = new Limits(null, null, 120),
        };
    }

    /// <summary>All that a source can give.</summary>
    public static Grant All() => Of(Everything, Everything.Leaves.Select(l => l.Path).Where(p => p != "structure"));

    public static Grant With(this Grant grant, TimeSpan? window = null, TimeSpan? maxOpen = null, string? partner = null) => new()
    {
        Id = grant.Id,
        Contract = grant.Contract,
        Partner = partner ?? grant.Partner,
        Purpose = grant.Purpose,
        Basis = grant.Basis,
        Record = grant.Record,
        Methods = grant.Methods,
        Fields = grant.Fields,
        Granted = grant.Granted,
        Window = window ?? grant.Window,
        MaxOpen = maxOpen ?? grant.MaxOpen,
        DeleteAfter = grant.DeleteAfter,
        Limits = grant.Limits,
    };
}
