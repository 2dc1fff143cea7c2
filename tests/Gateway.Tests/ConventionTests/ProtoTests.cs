using Gateway.Calls;
using Gateway.Core.Annotations;
using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Watch.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Tests.ConventionTests;

/// <summary>What partners are sent is labelled, field by field. Start-up checks it too: here it fails the build.</summary>
public sealed class ProtoTests
{
    private static readonly string[] s_tokens = ["next_page_token", "resume_token"];

    [Fact]
    public void Responses_HoldRecordsTokensTombstonesAndReceiptsOnly()
    {
        var catalogue = PartnerServices.Catalogue;
        var responses = catalogue.Methods.Values.Where(m => m.Record is not null).ToArray();

        responses.Length.ShouldBe(19);
        responses.SelectMany(m => m.Descriptor.OutputType.Fields.InDeclarationOrder().Where(f => !IsExpected(f, m.Record!)))
            .Select(f => f.FullName).ShouldBeEmpty();
        responses.ShouldAllBe(m => m.Descriptor.OutputType.FindFieldByNumber(15).MessageType == Receipt.Descriptor);
    }

    [Fact]
    public void Records_EachLeaf_HasACategoryOfTheTaxonomy() =>
        PartnerServices.Catalogue.Records.Values.SelectMany(r => Unlabelled(r)).ShouldBeEmpty();

    [Fact]
    public void Methods_OfEveryPartnerService_AreLabelled() =>
        PartnerServices.Catalogue.Methods.Values.Select(m => m.Descriptor.Service).Distinct()
            .SelectMany(s => s.Methods).Where(m => m.GetOptions()?.HasExtension(AnnotationsExtensions.Method) != true)
            .Select(m => m.FullName).ShouldBeEmpty();

    [Fact]
    public void Annotations_EachOption_HasANumberOfItsOwn()
    {
        var numbers = AnnotationsReflection.Descriptor.Extensions.UnorderedExtensions.Select(e => e.FieldNumber).ToArray();

        numbers.ShouldBeUnique();
        numbers.Order().ShouldBe([50601, 50602, 50603, 50604]);
    }

    // Walks the descriptors by itself, so that a leaf which the compiler of labels overlooks is found.
    private static IEnumerable<string> Unlabelled(RecordType record)
    {
        var leaves = record.Leaves.ToDictionary(l => l.Path, StringComparer.Ordinal);
        return Paths(record.Descriptor, "").Where(p => !leaves.TryGetValue(p, out var leaf) || leaf.Category.Length == 0).Select(p => $"{record.Name}: {p}");
    }

    private static IEnumerable<string> Paths(MessageDescriptor message, string prefix) => message.Fields.InDeclarationOrder().SelectMany(f =>
        f is { FieldType: FieldType.Message, IsMap: false } && f.MessageType.File.Package.StartsWith("gateway.", StringComparison.Ordinal)
            && f.MessageType != Gateway.Protos.Type.V1.Money.Descriptor
            ? Paths(f.MessageType, $"{prefix}{f.Name}.")
            : [prefix + f.Name]);

    private static bool IsExpected(FieldDescriptor field, RecordType record) =>
        field.FieldType == FieldType.Message
            ? field.MessageType == record.Descriptor || field.MessageType == Receipt.Descriptor || field.MessageType == Tombstone.Descriptor
            : field is { FieldType: FieldType.String, IsRepeated: false } && s_tokens.Contains(field.Name, StringComparer.Ordinal);
}
