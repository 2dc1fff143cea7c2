using System.Collections;
using System.Linq.Expressions;
using Gateway.Core.Annotations;
using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Watch.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Exchange;

/// <summary>Puts records, tokens and receipt into one method's response message. Compiled at start.</summary>
internal sealed class ResponseWriter
{
    private readonly Func<IMessage> _create;
    private readonly IFieldAccessor _records;
    private readonly bool _repeated;
    private readonly IFieldAccessor _receipt;
    private readonly IFieldAccessor? _token;
    private readonly IFieldAccessor? _tombstone;

    private ResponseWriter(ServiceMethod method)
    {
        var output = method.Descriptor.OutputType;
        _create = Expression.Lambda<Func<IMessage>>(Expression.New(output.ClrType)).Compile();
        var fields = output.Fields.InDeclarationOrder();
        var records = fields.SingleOrDefault(f => f.FieldType == FieldType.Message && f.MessageType == method.Record!.Descriptor)
            ?? throw Missing(output, $"one field of type {method.Record!.Name}");
        _records = records.Accessor;
        _repeated = records.IsRepeated;
        _receipt = fields.Single(f => f.FieldNumber == 15).Accessor;
        _token = method.Shape switch
        {
            Shape.List => Text(output, "next_page_token"),
            Shape.Watch => Text(output, "resume_token"),
            _ => null,
        };
        _tombstone = method.Shape == Shape.Watch
            ? fields.SingleOrDefault(f => f.FieldType == FieldType.Message && f.MessageType == Tombstone.Descriptor)?.Accessor
                ?? throw Missing(output, "one field of type gateway.watch.v1.Tombstone")
            : null;
        if (_repeated != (method.Shape is Shape.BatchGet or Shape.List))
        {
            throw Missing(output, "records as its shape has them");
        }
    }

    /// <exception cref="AnnotationException">The response message does not have the shape's fields.</exception>
    public static ResponseWriter Compile(ServiceMethod method) => new(method);

    public IMessage Write(IReadOnlyList<IMessage> records, string? token, Receipt receipt)
    {
        var response = _create();
        if (_repeated)
        {
            var list = (IList)_records.GetValue(response);
            for (var i = 0; i < records.Count; i++)
            {
                list.Add(records[i]);
            }
        }
        else if (records.Count > 0)
        {
            _records.SetValue(response, records[0]);
        }

        return Finish(response, token, receipt);
    }

    public IMessage Write(Tombstone tombstone, string token, Receipt receipt)
    {
        var response = _create();
        _tombstone!.SetValue(response, tombstone);
        return Finish(response, token, receipt);
    }

    private IMessage Finish(IMessage response, string? token, Receipt receipt)
    {
        if (token is { Length: > 0 })
        {
            _token!.SetValue(response, token);
        }

        _receipt.SetValue(response, receipt);
        return response;
    }

    private static IFieldAccessor Text(MessageDescriptor output, string name) =>
        output.FindFieldByName(name) is { FieldType: FieldType.String, IsRepeated: false } field ? field.Accessor : throw Missing(output, $"a text field '{name}'");

    private static AnnotationException Missing(MessageDescriptor output, string what) => new([$"{output.FullName}: needs {what}"]);
}
