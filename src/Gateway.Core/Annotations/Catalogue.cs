using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>
/// All records and methods that partners can be served, read once from the labels of the protos. What is unlabelled fails here, at
/// start and in the build's tests, so that it can never leave.
/// </summary>
public sealed class Catalogue
{
    private Catalogue(IReadOnlyList<RecordType> records, IReadOnlyList<ServiceMethod> methods)
    {
        Records = records.ToFrozenDictionary(r => r.Name, StringComparer.Ordinal);
        Methods = methods.ToFrozenDictionary(m => m.FullName, StringComparer.Ordinal);
    }

    /// <summary>Records by full message name.</summary>
    public FrozenDictionary<string, RecordType> Records { get; }

    /// <summary>Methods by <see cref="ServiceMethod.FullName"/>.</summary>
    public FrozenDictionary<string, ServiceMethod> Methods { get; }

    /// <summary>Methods that serve <paramref name="record"/>, in declaration order.</summary>
    public ImmutableArray<ServiceMethod> MethodsOf(RecordType record) =>
        [.. Methods.Values.Where(m => m.Record == record).OrderBy(m => m.Descriptor.Index)];

    /// <summary>Reads the labels of <paramref name="files"/>.</summary>
    /// <exception cref="AnnotationException">A label is missing or wrong; tells every one at once.</exception>
    public static Catalogue Compile(params IEnumerable<FileDescriptor> files)
    {
        var errors = new List<string>();
        var list = files.ToArray();
        var records = list.SelectMany(f => f.MessageTypes).Where(IsRecord)
            .ToDictionary(m => m.FullName, m => RecordCompiler.Compile(m, errors), StringComparer.Ordinal);
        var methods = list.SelectMany(f => f.Services)
            .Where(s => s.GetOptions()?.HasExtension(AnnotationsExtensions.Service) == true)
            .SelectMany(s => ServiceCompiler.Compile(s, records, errors)).ToArray();
        errors.AddRange(list.SelectMany(f => f.MessageTypes).SelectMany(Inside).Where(IsRecord)
            .Select(m => $"{m.FullName}: a record stands at the top of its file, not inside another message"));
        errors.AddRange(Domains.Mixed(list));
        var compiled = records.Values.OfType<RecordType>().ToArray();
        foreach (var twice in compiled.GroupBy(r => r.Source, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            errors.Add($"source '{twice.Key}' is named by {string.Join(" and ", twice.Select(r => r.Name))}: give each record its own");
        }

        return errors.Count == 0 ? new Catalogue(compiled, methods) : throw new AnnotationException([.. errors.Distinct(StringComparer.Ordinal)]);
    }
    private static bool IsRecord(MessageDescriptor message) => message.GetOptions()?.HasExtension(AnnotationsExtensions.Record) == true;

    private static IEnumerable<MessageDescriptor> Inside(MessageDescriptor message) =>
        message.NestedTypes.SelectMany(n => Inside(n).Prepend(n));
}
