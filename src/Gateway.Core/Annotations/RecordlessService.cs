using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Annotations;

/// <summary>
/// What is asked of a service that hands out no records: one that tells of persons or of visitors names its domain, and holds nothing of
/// the other.
/// </summary>
internal static class RecordlessService
{
    /// <summary>The domain of each shape that goes without a record; unspecified for one that touches nobody's data.</summary>
    private static readonly Dictionary<Shape, Domain> s_domains = new()
    {
        [Shape.Contract] = Domain.Unspecified,
        [Shape.Subject] = Domain.Registration,
        [Shape.Statistics] = Domain.Usage,
    };

    /// <summary>True for a shape that goes without a record.</summary>
    public static bool Is(Shape shape) => s_domains.ContainsKey(shape);

    /// <summary>An error for each thing that is wrong with a method of such a service.</summary>
    public static IEnumerable<string> Check(ServiceDescriptor service, ServiceLabel label, MethodDescriptor method, Shape shape)
    {
        var domain = s_domains[shape];
        if (label.Domain != domain)
        {
            yield return $"{service.FullName}: {Words(shape, domain)}";
        }

        foreach (var message in new[] { method.InputType, method.OutputType }.Where(m => Domains.Of(m).Any(d => d != domain)))
        {
            yield return $"{message.FullName}: holds a record of another domain than {service.FullName}";
        }

        if (shape == Shape.Statistics)
        {
            foreach (var field in Leaves(method.OutputType, []).Where(f => !IsCount(f)))
            {
                yield return $"{field.FullName}: statistics are names of closed lists and counts; a record, a labelled field, bytes or Any tell of one visitor";
            }
        }
    }

    private static string Words(Shape shape, Domain domain) => domain == Domain.Unspecified
        ? "its methods are about the caller's own contract; a service that tells of persons or visitors has methods of another shape"
        : $"a service with {Name(shape)} names its domain; write {{domain: DOMAIN_{domain.ToString().ToUpperInvariant()}}}, and no other";

    private static string Name(Shape shape) => $"SHAPE_{shape.ToString().ToUpperInvariant()}";

    private static bool IsCount(FieldDescriptor field) =>
        field.GetOptions()?.HasExtension(AnnotationsExtensions.Field) != true
        && field.FieldType != FieldType.Bytes
        && !(field.FieldType == FieldType.Message && (field.MessageType == Any.Descriptor || IsRecord(field.MessageType)));

    private static bool IsRecord(MessageDescriptor message) => message.GetOptions()?.HasExtension(AnnotationsExtensions.Record) == true;

    // The receipt tells of the call, not of visitors; it is held to its own label elsewhere.
    private static IEnumerable<FieldDescriptor> Leaves(MessageDescriptor message, HashSet<MessageDescriptor> seen) =>
        !seen.Add(message) || message == Protos.Log.V1.Receipt.Descriptor ? [] : message.Fields.InDeclarationOrder().SelectMany(f =>
            f.FieldType == FieldType.Message && IsCount(f) ? Leaves(f.MessageType, seen).Prepend(f) : [f]);
}
