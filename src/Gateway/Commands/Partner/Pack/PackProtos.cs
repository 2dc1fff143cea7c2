using Gateway.Core.Contracts;
using Gateway.Calls;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Statistics.V1;
using Gateway.Protos.Subject.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Commands.Partner.Pack;

/// <summary>The protos of the services that a contract grants, with what they import, as this executable was built from them.</summary>
internal static class PackProtos
{
    private const string Prefix = "protos/";

    /// <summary>The files' names below <c>protos/</c>.</summary>
    public static IReadOnlyList<string> Names(Contract contract)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Roots(contract))
        {
            Add(file, names);
        }

        return [.. names];
    }

    /// <summary>A file's exact bytes.</summary>
    public static byte[] Read(string name) => Resource(Prefix + name);

    /// <summary>What the executable carries under this name.</summary>
    public static byte[] Resource(string name)
    {
        using var stream = typeof(PackProtos).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the executable");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static IEnumerable<FileDescriptor> Roots(Contract contract)
    {
        yield return ContractReflection.Descriptor;
        foreach (var method in contract.Grants.SelectMany(g => g.Methods))
        {
            yield return PartnerServices.Catalogue.Methods[method].Descriptor.Service.File;
        }

        if (contract.Statistics is not null)
        {
            yield return StatisticsReflection.Descriptor;
        }

        if (contract.SubjectAccess is not null)
        {
            yield return SubjectReflection.Descriptor;
        }
    }

    private static void Add(FileDescriptor file, SortedSet<string> names)
    {
        if (file.Name.StartsWith("google/protobuf/", StringComparison.Ordinal) || !names.Add(file.Name))
        {
            return;
        }

        foreach (var import in file.Dependencies)
        {
            Add(import, names);
        }
    }
}
