using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>
/// Who a person is and what a visitor browsed never meet in one message: not side by side, and not however deep inside.
/// </summary>
internal static class Domains
{
    /// <summary>The domains of all records that <paramref name="message"/> is or holds.</summary>
    public static IReadOnlySet<Domain> Of(MessageDescriptor message)
    {
        var found = new HashSet<Domain>();
        Collect(message, found, []);
        return found;
    }

    /// <summary>An error for each message of <paramref name="files"/> that holds both.</summary>
    public static IEnumerable<string> Mixed(IEnumerable<FileDescriptor> files) => files.SelectMany(f => f.MessageTypes).SelectMany(WithInner)
        .Where(m => Of(m).Count > 1)
        .Select(m => $"{m.FullName}: holds records of both domains; who a person is and what a visitor browsed never meet in one message");

    private static void Collect(MessageDescriptor message, HashSet<Domain> found, HashSet<MessageDescriptor> seen)
    {
        if (!seen.Add(message))
        {
            return;
        }

        if (message.GetOptions()?.GetExtension(AnnotationsExtensions.Record) is { } label)
        {
            found.Add(label.Domain);
        }

        foreach (var field in message.Fields.InDeclarationOrder().Where(f => f.FieldType is FieldType.Message or FieldType.Group))
        {
            Collect(field.MessageType, found, seen);
        }
    }

    private static IEnumerable<MessageDescriptor> WithInner(MessageDescriptor message) => message.NestedTypes.SelectMany(WithInner).Prepend(message);
}
