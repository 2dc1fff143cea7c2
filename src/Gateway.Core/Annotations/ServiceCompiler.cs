using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>Labels of one service → its <see cref="ServiceMethod"/>s.</summary>
internal static class ServiceCompiler
{
    public static IEnumerable<ServiceMethod> Compile(ServiceDescriptor service, RecordType[] records, List<string> errors)
    {
        var label = service.GetOptions().GetExtension(AnnotationsExtensions.Service);
        var record = records.FirstOrDefault(r => r.Name == label.Record);
        if (record is null && label.Record.Length > 0)
        {
            errors.Add($"{service.FullName}: serves '{label.Record}', which is no labelled record");
        }

        foreach (var method in service.Methods)
        {
            var shape = method.GetOptions()?.GetExtension(AnnotationsExtensions.Method)?.Shape ?? Shape.Unspecified;
            if (shape == Shape.Unspecified || (shape == Shape.Contract) != (label.Record.Length == 0))
            {
                errors.Add($"{service.FullName}/{method.Name}: has no shape, or not one that goes with its service");
            }
            else if (method.IsClientStreaming || method.IsServerStreaming != (shape == Shape.Watch))
            {
                errors.Add($"{service.FullName}/{method.Name}: only SHAPE_WATCH streams, and only to the client");
            }
            else if (method.OutputType.FindFieldByNumber(15) is not { Name: "receipt" })
            {
                errors.Add($"{method.OutputType.FullName}: field 15 must be the receipt");
            }
            else
            {
                yield return new ServiceMethod(method, shape, record);
            }
        }
    }
}
