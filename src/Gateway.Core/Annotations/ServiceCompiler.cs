using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Watch.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>Labels of one service → its <see cref="ServiceMethod"/>s.</summary>
internal sealed class ServiceCompiler
{
    private readonly ServiceDescriptor _service;
    private readonly ServiceLabel _label;
    private readonly RecordType? _record;
    private readonly List<string> _errors;

    private ServiceCompiler(ServiceDescriptor service, RecordType? record, List<string> errors)
    {
        _service = service;
        _label = service.GetOptions().GetExtension(AnnotationsExtensions.Service);
        _record = record;
        _errors = errors;
    }

    /// <param name="service">A labelled service.</param>
    /// <param name="records">Labelled records by name; null for one whose own labels are wrong, which has been told already.</param>
    /// <param name="errors">Takes every error.</param>
    public static IReadOnlyList<ServiceMethod> Compile(
        ServiceDescriptor service, IReadOnlyDictionary<string, RecordType?> records, List<string> errors)
    {
        var name = service.GetOptions().GetExtension(AnnotationsExtensions.Service).Record;
        RecordType? record = null;
        if (name.Length > 0 && !records.TryGetValue(name, out record))
        {
            errors.Add($"{service.FullName}: serves '{name}', which is no labelled record");
            return [];
        }

        if (name.Length > 0 && record is null)
        {
            return [];
        }

        var compiler = new ServiceCompiler(service, record, errors);
        return [.. service.Methods.Select(compiler.Method).OfType<ServiceMethod>()];
    }

    private ServiceMethod? Method(MethodDescriptor method)
    {
        var shape = method.GetOptions()?.GetExtension(AnnotationsExtensions.Method)?.Shape ?? Shape.Unspecified;
        var before = _errors.Count;
        if (!Enum.IsDefined(shape) || shape == Shape.Unspecified || RecordlessService.Is(shape) != (_label.Record.Length == 0))
        {
            _errors.Add($"{_service.FullName}/{method.Name}: has no shape, or not one that goes with its service");
            return null;
        }

        // What is about the caller's own contract may come as one answer or as several.
        if (method.IsClientStreaming || (method.IsServerStreaming != (shape == Shape.Watch) && shape != Shape.Contract))
        {
            _errors.Add($"{_service.FullName}/{method.Name}: only SHAPE_WATCH streams, SHAPE_CONTRACT may, and only to the client");
        }

        if (method.OutputType.FindFieldByNumber(15) is not { Name: "receipt", FieldType: FieldType.Message, IsRepeated: false } receipt
            || receipt.MessageType != Receipt.Descriptor)
        {
            _errors.Add($"{method.OutputType.FullName}: field 15 must be the receipt, a {Receipt.Descriptor.FullName}");
        }

        if (_record is null)
        {
            _errors.AddRange(RecordlessService.Check(_service, _label, method, shape));
        }
        else
        {
            CheckDomain(method, _record);
            CheckResponse(method.OutputType, shape, _record);
            CheckKeys(method, shape, _record);
        }

        return _errors.Count == before ? new ServiceMethod(method, shape, _record) : null;
    }

    private void CheckDomain(MethodDescriptor method, RecordType record)
    {
        if (_label.Domain != Domain.Unspecified && _label.Domain != record.Domain)
        {
            _errors.Add($"{_service.FullName}: is labelled with another domain than its record {record}; leave the domain out");
        }

        if (Domains.Of(method.InputType).Any(d => d != record.Domain))
        {
            _errors.Add($"{method.InputType.FullName}: a service serves one domain, and this request holds a record of the other than {record}");
        }
    }

    /// <summary>A response holds records, a token, on a stream tombstones, and the receipt: nothing that has no label.</summary>
    private void CheckResponse(MessageDescriptor response, Shape shape, RecordType record)
    {
        var several = shape is Shape.BatchGet or Shape.List;
        var records = 0;
        foreach (var field in response.Fields.InFieldNumberOrder().Where(f => f.FieldNumber != 15))
        {
            var message = field.FieldType == FieldType.Message ? field.MessageType : null;
            if (message == record.Descriptor && field.IsRepeated == several)
            {
                records++;
            }
            else if (message?.GetOptions()?.GetExtension(AnnotationsExtensions.Record) is { } other && message != record.Descriptor)
            {
                _errors.Add(other.Domain == record.Domain
                    ? $"{field.FullName}: a service serves one record, and this is another than {record}"
                    : $"{field.FullName}: a service serves one domain, and this record is of the other than {record}");
            }
            else if (!((shape, field) is (Shape.List, { Name: "next_page_token" }) or (Shape.Watch, { Name: "resume_token" })
                       && field is { FieldType: FieldType.String, IsRepeated: false })
                     && !(shape == Shape.Watch && message == Tombstone.Descriptor && !field.IsRepeated))
            {
                _errors.Add($"{field.FullName}: a response holds records, tokens and the receipt, as its shape has them, and nothing else");
            }
        }

        if (records != 1)
        {
            _errors.Add($"{response.FullName}: needs one {(several ? "repeated " : "")}field of {record}");
        }
    }

    private void CheckKeys(MethodDescriptor method, Shape shape, RecordType record)
    {
        if (shape != Shape.Get)
        {
            return;
        }

        foreach (var field in method.InputType.Fields.InFieldNumberOrder())
        {
            if (record.AlternateKeys.Prepend(record.Key).All(k => k.Path != field.Name)
                || field is not { FieldType: FieldType.String, IsRepeated: false })
            {
                _errors.Add($"{field.FullName}: a record is asked for by its key or an alternate key, as text; {record} has "
                    + string.Join(", ", record.AlternateKeys.Prepend(record.Key)));
            }
        }
    }
}
