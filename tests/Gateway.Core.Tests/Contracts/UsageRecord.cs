using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Tests.Contracts;

/// <summary>A labelled record of the domain USAGE with one method, which none of the shop's protos has.</summary>
internal static class UsageRecord
{
    public static FileDescriptor Descriptor { get; } = Build();

    private static FileDescriptor Build()
    {
        var file = new FileDescriptorProto { Name = "test/usage.proto", Package = "test.usage.v1", Syntax = "proto3" };
        file.Dependency.Add([AnnotationsReflection.Descriptor.Name, ReceiptReflection.Descriptor.Name]);
        file.MessageType.Add(
        [
            Message("Visit", Text("visit_id", 1, "system.operations"), Text("page", 2, "user.behavior.browsing_history")),
            Message("GetVisitRequest", Text("visit_id", 1, category: null)),
            Message("GetVisitResponse", new FieldDescriptorProto
            {
                Name = "receipt",
                Number = 15,
                Label = FieldDescriptorProto.Types.Label.Optional,
                Type = FieldDescriptorProto.Types.Type.Message,
                TypeName = ".gateway.log.v1.Receipt",
            }),
        ]);
        file.MessageType[0].Options = new MessageOptions();
        file.MessageType[0].Options.SetExtension(
            AnnotationsExtensions.Record, new RecordLabel { Source = "visits", Key = "visit_id", Domain = Domain.Usage });
        var method = new MethodDescriptorProto
        {
            Name = "GetVisit",
            InputType = ".test.usage.v1.GetVisitRequest",
            OutputType = ".test.usage.v1.GetVisitResponse",
            Options = new MethodOptions(),
        };
        method.Options.SetExtension(AnnotationsExtensions.Method, new MethodLabel { Shape = Shape.Get });
        var service = new ServiceDescriptorProto { Name = "UsageService", Method = { method }, Options = new ServiceOptions() };
        service.Options.SetExtension(AnnotationsExtensions.Service, new ServiceLabel { Record = "test.usage.v1.Visit" });
        file.Service.Add(service);
        return FileDescriptor.BuildFromByteStrings(
            [.. Closure(ReceiptReflection.Descriptor, AnnotationsReflection.Descriptor).Select(f => f.SerializedData), file.ToByteString()],
            Extensions())[^1];
    }

    private static ExtensionRegistry Extensions() =>
    [
        AnnotationsExtensions.Record, AnnotationsExtensions.Field, AnnotationsExtensions.Service, AnnotationsExtensions.Method,
    ];

    private static IEnumerable<FileDescriptor> Closure(params IEnumerable<FileDescriptor> files) =>
        files.SelectMany(f => Closure(f.Dependencies).Append(f)).DistinctBy(f => f.Name, StringComparer.Ordinal);

    private static DescriptorProto Message(string name, params FieldDescriptorProto[] fields) => new() { Name = name, Field = { fields } };

    private static FieldDescriptorProto Text(string name, int number, string? category)
    {
        var field = new FieldDescriptorProto
        {
            Name = name,
            Number = number,
            Label = FieldDescriptorProto.Types.Label.Optional,
            Type = FieldDescriptorProto.Types.Type.String,
        };
        if (category is not null)
        {
            field.Options = new FieldOptions();
            field.Options.SetExtension(AnnotationsExtensions.Field, new FieldLabel { Category = category });
        }

        return field;
    }
}
