using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Tests.Usage;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;

namespace Gateway.Core.Tests.Contracts;

/// <summary>A catalogue, an instant and a small good set of files for tests of contracts.</summary>
internal static class TestContracts
{
    /// <summary>The instant at which the tests compile.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static Catalogue Catalogue { get; } = Catalogue.Compile(
        FulfilmentReflection.Descriptor, PaymentReflection.Descriptor, ShippingReflection.Descriptor, ContractReflection.Descriptor,
        MailingReflection.Descriptor, UsageReflection.Descriptor);

    /// <summary>Folder of the golden cases.</summary>
    public static string Cases { get; } = Path.Combine(Here(), "Cases");

    public static ContractFile Policy { get; } = Read("_base", ContractFile.Policy);

    public static ContractFile Northgate { get; } = Read("good", "northgate.yaml");

    public static ContractFile Southgate { get; } = Read("good-two-partners", "southgate.yaml");

    public static CompiledSnapshot Compile(params IReadOnlyList<ContractFile> files) => SnapshotCompiler.Compile(files, Catalogue, Now);

    public static string Text(this ContractFile file) => Encoding.UTF8.GetString(file.Bytes.Span);

    public static ContractFile With(this ContractFile file, string text) => file with { Bytes = Encoding.UTF8.GetBytes(text) };

    public static ContractFile Replace(this ContractFile file, string old, string by)
    {
        var text = file.Text();
        text.ShouldContain(old);
        return file.With(text.Replace(old, by, StringComparison.Ordinal));
    }

    private static ContractFile Read(string folder, string name) => new(name, File.ReadAllBytes(Path.Combine(Cases, folder, name)));

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
