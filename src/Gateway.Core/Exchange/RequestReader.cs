using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Exchange;

/// <summary>Reads one method's request into a <see cref="Query"/>. Compiled at start; fails it where a request does not have the shape's fields.</summary>
internal sealed class RequestReader
{
    /// <summary>Longest key, characters.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>Most keys in a batch.</summary>
    public const int MaxKeys = 100;

    /// <summary>Records in a page where the request names no size.</summary>
    public const int DefaultPageSize = 50;

    /// <summary>Most records in a page.</summary>
    public const int MaxPageSize = 250;

    /// <summary>Longest page or resume token, characters.</summary>
    public const int MaxTokenLength = 4096;

    private readonly Func<IMessage, Outcome<Query>> _read;

    private RequestReader(Func<IMessage, Outcome<Query>> read) => _read = read;

    /// <exception cref="AnnotationException">The request message does not have the shape's fields.</exception>
    public static RequestReader Compile(ServiceMethod method)
    {
        var input = method.Descriptor.InputType;
        return new RequestReader(method.Shape switch
        {
            Shape.Get => Get(input, method.Record!),
            Shape.BatchGet => BatchGet(input),
            Shape.List => List(input),
            Shape.Watch => Watch(input),
            _ => throw new AnnotationException([$"{method.FullName}: shape {method.Shape} has no request"]),
        });
    }

    public Outcome<Query> Read(IMessage request) => _read(request);

    private static Func<IMessage, Outcome<Query>> Get(MessageDescriptor input, RecordType record)
    {
        var oneof = input.Oneofs.FirstOrDefault(o => o.Name == "key")
            ?? throw new AnnotationException([$"{input.FullName}: has no oneof 'key'"]);
        var allowed = record.AlternateKeys.Prepend(record.Key).ToArray();
        var leaves = oneof.Fields.ToFrozenDictionary(
            f => f.FieldNumber,
            f => allowed.FirstOrDefault(l => l.Path == f.Name)
                ?? throw new AnnotationException([$"{f.FullName}: is no key of {record.Name}"]));
        return request =>
        {
            if (oneof.Accessor.GetCaseFieldDescriptor(request) is not { } field)
            {
                return Invalid("key", "is not set");
            }

            var value = (string)field.Accessor.GetValue(request);
            return IsKey(value) ? new Query.Get(leaves[field.FieldNumber], value) : Invalid(field.Name, "is empty or longer than 256 characters");
        };
    }

    private static Func<IMessage, Outcome<Query>> BatchGet(MessageDescriptor input)
    {
        var field = input.Fields.InDeclarationOrder() is [{ IsRepeated: true, FieldType: FieldType.String } only]
            ? only
            : throw new AnnotationException([$"{input.FullName}: needs one repeated text field, the keys"]);
        return request =>
        {
            var keys = (IList<string>)field.Accessor.GetValue(request);
            return keys.Count is 0 or > MaxKeys ? Invalid(field.Name, "needs 1 to 100 keys")
                : keys.All(IsKey) ? new Query.BatchGet([.. keys.Distinct(StringComparer.Ordinal)])
                : Invalid(field.Name, "holds a key that is empty or longer than 256 characters");
        };
    }

    private static Func<IMessage, Outcome<Query>> List(MessageDescriptor input)
    {
        var size = Field(input, "page_size", FieldType.Int32);
        var token = Field(input, "page_token", FieldType.String);
        var since = Field(input, "changed_since", FieldType.Message);
        return request =>
        {
            var asked = (int)size.Accessor.GetValue(request);
            var page = (string)token.Accessor.GetValue(request);
            var changed = (Timestamp?)since.Accessor.GetValue(request);
            return asked is < 0 or > MaxPageSize ? Invalid(size.Name, "is not within 0 to 250")
                : page.Length > MaxTokenLength ? Invalid(token.Name, "is no token of ours")
                : changed is not null && !IsInstant(changed) ? Invalid(since.Name, "is no valid timestamp")
                : new Query.List(asked == 0 ? DefaultPageSize : asked, page, changed?.ToDateTimeOffset());
        };
    }

    private static Func<IMessage, Outcome<Query>> Watch(MessageDescriptor input)
    {
        var token = Field(input, "resume_token", FieldType.String);
        return request =>
        {
            var text = (string)token.Accessor.GetValue(request);
            return text.Length > MaxTokenLength ? Invalid(token.Name, "is no token of ours") : new Query.Watch(text);
        };
    }

    private static FieldDescriptor Field(MessageDescriptor input, string name, FieldType type) =>
        input.FindFieldByName(name) is { IsRepeated: false } field && field.FieldType == type
            ? field
            : throw new AnnotationException([$"{input.FullName}: has no field '{name}' of type {type}"]);

    private static bool IsKey(string value) => value.Length is > 0 and <= MaxKeyLength;

    // google.protobuf.Timestamp: years 1 to 9999, nanos within a second.
    private static bool IsInstant(Timestamp value) =>
        value.Seconds is >= -62135596800 and <= 253402300799 && value.Nanos is >= 0 and <= 999_999_999;

    private static Refusal Invalid(string field, string detail) => new(RefusalReason.InvalidRequest, Field: field, Detail: detail);
}
