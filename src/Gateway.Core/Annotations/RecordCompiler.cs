using System.Collections.Immutable;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;
using Type = Gateway.Protos.Type.V1;

namespace Gateway.Core.Annotations;

/// <summary>Labels of one record message → <see cref="RecordType"/>.</summary>
internal static class RecordCompiler
{
    // A category of these would label what must never be held; see the payment proto.
    private static readonly string[] s_forbidden = ["number", "cvv", "cvc", "track", "pin"];

    public static RecordType? Compile(MessageDescriptor message, List<string> errors)
    {
        var before = errors.Count;
        var label = message.GetOptions().GetExtension(AnnotationsExtensions.Record);
        if (label.Source.Length == 0)
        {
            errors.Add($"{message.FullName}: the record label names no source");
        }

        if (label.Domain == Domain.Unspecified)
        {
            errors.Add($"{message.FullName}: the record label names no domain; write DOMAIN_REGISTRATION or DOMAIN_USAGE");
        }

        var leaves = new List<Leaf>();
        Walk(message, [], leaves, errors);
        foreach (var key in label.AlternateKeys.Prepend(label.Key))
        {
            if (leaves.FirstOrDefault(l => l.Path == key) is not { Fields.Count: 1, Field: { FieldType: FieldType.String, IsRepeated: false } })
            {
                errors.Add($"{message.FullName}: key '{key}' is not a text field of the record");
            }
        }

        return errors.Count == before ? new RecordType(message, label, [.. leaves]) : null;
    }

    private static void Walk(MessageDescriptor message, ImmutableList<FieldDescriptor> above, List<Leaf> leaves, List<string> errors)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            var path = above.Add(field);
            var label = field.GetOptions()?.GetExtension(AnnotationsExtensions.Field);
            if (IsLeaf(field))
            {
                Check(field, label, errors);
                leaves.Add(new Leaf(leaves.Count, path, label?.Category ?? "", label?.Sensitive ?? false));
            }
            else if (label is not null)
            {
                errors.Add($"{field.FullName}: a message field carries no category; label its fields");
            }
            else if (above.Any(f => f.MessageType == field.MessageType) || field.MessageType == message)
            {
                errors.Add($"{field.FullName}: a record cannot contain itself");
            }
            else if (field.IsRepeated && above.Any(f => f.IsRepeated))
            {
                errors.Add($"{field.FullName}: a repeated message inside a repeated message has no source view");
            }
            else if (field.IsMap)
            {
                errors.Add($"{field.FullName}: only maps of scalars can be released");
            }
            else
            {
                Walk(field.MessageType, path, leaves, errors);
            }
        }
    }

    private static void Check(FieldDescriptor field, FieldLabel? label, List<string> errors)
    {
        if (label is null || label.Category.Length == 0)
        {
            errors.Add($"{field.FullName}: has no category; label it with (gateway.annotations.v1.field)");
        }
        else if (!Taxonomy.IsCategory(label.Category))
        {
            errors.Add($"{field.FullName}: '{label.Category}' is not a data category{Taxonomy.SuggestCategory(label.Category)}");
        }
        else if (label.Category.StartsWith("user.financial", StringComparison.Ordinal)
            && s_forbidden.Contains(label.Category.Split('.')[^1], StringComparer.Ordinal))
        {
            errors.Add($"{field.FullName}: no card number, CVV, track or PIN may be held in a record");
        }
    }

    private static bool IsLeaf(FieldDescriptor field) => field switch
    {
        { IsMap: true } => field.MessageType.FindFieldByNumber(2).FieldType != FieldType.Message,
        { FieldType: FieldType.Message or FieldType.Group } => IsLeafMessage(field.MessageType),
        _ => true,
    };

    private static bool IsLeafMessage(MessageDescriptor message) =>
        message == Type.Money.Descriptor || message.File.Package == "google.protobuf";
}
