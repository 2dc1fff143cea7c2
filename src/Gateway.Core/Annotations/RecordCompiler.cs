using System.Collections.Immutable;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Type = Gateway.Protos.Type.V1;

namespace Gateway.Core.Annotations;

/// <summary>Labels of one record message → <see cref="RecordType"/>.</summary>
internal sealed class RecordCompiler
{
    private readonly MessageDescriptor _record;
    private readonly RecordLabel _label;
    private readonly List<string> _errors = [];
    private readonly List<Leaf> _leaves = [];

    private RecordCompiler(MessageDescriptor record)
    {
        _record = record;
        _label = record.GetOptions().GetExtension(AnnotationsExtensions.Record);
    }

    /// <summary>The record, or null with every error added to <paramref name="errors"/>.</summary>
    public static RecordType? Compile(MessageDescriptor record, List<string> errors)
    {
        var compiler = new RecordCompiler(record);
        compiler.CheckLabel();
        compiler.Walk(record, []);
        compiler.CheckKeys();
        compiler.CheckPermission();
        errors.AddRange(compiler._errors);
        return compiler._errors.Count == 0 ? new RecordType(record, compiler._label, [.. compiler._leaves]) : null;
    }

    private void CheckLabel()
    {
        if (_label.Source.Length == 0)
        {
            _errors.Add($"{_record.FullName}: the record label names no source");
        }

        if (_label.Domain is not (Domain.Registration or Domain.Usage))
        {
            _errors.Add($"{_record.FullName}: the record label names no domain; write DOMAIN_REGISTRATION or DOMAIN_USAGE");
        }
    }

    private void CheckPermission()
    {
        if (_label.Permission.Length > 0
            && _leaves.Find(l => l.Path == _label.Permission) is not { Fields.Count: 1, Field: { FieldType: FieldType.String, IsRepeated: false } })
        {
            _errors.Add($"{_record.FullName}: permission '{_label.Permission}' is not a text field of the record");
        }
    }

    private void CheckKeys()
    {
        string[] keys = [_label.Key, .. _label.AlternateKeys];
        foreach (var key in keys.Distinct(StringComparer.Ordinal))
        {
            if (_leaves.Find(l => l.Path == key) is not { Fields.Count: 1, Field: { FieldType: FieldType.String, IsRepeated: false } })
            {
                _errors.Add($"{_record.FullName}: key '{key}' is not a text field of the record");
            }

            if (keys.Count(k => k == key) > 1)
            {
                _errors.Add($"{_record.FullName}: key '{key}' is named twice");
            }
        }
    }

    private void Walk(MessageDescriptor message, ImmutableList<FieldDescriptor> above)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            var path = above.Add(field);
            var label = field.GetOptions()?.GetExtension(AnnotationsExtensions.Field);
            if (IsLeaf(field))
            {
                CheckLeaf(field, label);
                _leaves.Add(new Leaf(_leaves.Count, path, label?.Category ?? "", label?.Sensitive ?? false));
            }
            else if (Misuse(field, label, above) is { } misuse)
            {
                _errors.Add($"{field.FullName}: {misuse}");
            }
            else
            {
                Walk(field.MessageType, path);
            }
        }
    }

    /// <summary>Why a message field cannot be walked into, or null.</summary>
    private string? Misuse(FieldDescriptor field, FieldLabel? label, ImmutableList<FieldDescriptor> above) => field switch
    {
        { IsMap: true } => "only maps of scalars can be released; make it a repeated message",
        _ when label is not null => "a message field carries no category; label its fields",
        _ when field.MessageType == _record || above.Any(f => f.MessageType == field.MessageType) => "a record cannot contain itself",
        { IsRepeated: true } when above.Any(f => f.IsRepeated) => "a repeated message inside a repeated message has no source view",
        _ when DomainOf(field.MessageType) is { } domain && domain != _label.Domain =>
            "a record is of one domain and cannot contain one of the other",
        _ => null,
    };

    private void CheckLeaf(FieldDescriptor field, FieldLabel? label)
    {
        if (CardData.IsForbidden(field, label?.Category ?? ""))
        {
            _errors.Add($"{field.FullName}: no card number, CVV, track or PIN may be held in a record");
        }
        else if (label is null || label.Category.Length == 0)
        {
            _errors.Add($"{field.FullName}: has no category; label it with (gateway.annotations.v1.field)");
        }
        else if (!Taxonomy.IsCategory(label.Category))
        {
            _errors.Add($"{field.FullName}: '{label.Category}' is not a data category{Taxonomy.SuggestCategory(label.Category)}");
        }
        else if (!field.IsMap && field.FieldType == FieldType.Message && field.MessageType == Any.Descriptor)
        {
            _errors.Add($"{field.FullName}: google.protobuf.Any can hold anything, labelled or not; name the message");
        }
    }

    private static Domain? DomainOf(MessageDescriptor message) => message.GetOptions()?.GetExtension(AnnotationsExtensions.Record)?.Domain;

    private static bool IsLeaf(FieldDescriptor field) => field switch
    {
        { IsMap: true } => field.MessageType.FindFieldByNumber(2).FieldType != FieldType.Message,
        { FieldType: FieldType.Message or FieldType.Group } => IsLeafMessage(field.MessageType),
        _ => true,
    };

    private static bool IsLeafMessage(MessageDescriptor message) =>
        message == Type.Money.Descriptor || message.File.Package == "google.protobuf";
}
