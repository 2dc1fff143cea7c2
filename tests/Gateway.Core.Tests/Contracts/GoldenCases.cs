using Gateway.Core.Contracts;

namespace Gateway.Core.Tests.Contracts;

/// <summary>
/// Each folder under <c>Cases</c> is a case: its files, and in <c>expected.txt</c> every error and warning that they compile to.
/// A case without policy has that of <c>Cases/_base</c>. Run with GATEWAY_REWRITE_EXPECTED=1 to write what is found instead of
/// comparing, and read the difference before committing it.
/// </summary>
public sealed class GoldenCases
{
    private const string Expected = "expected.txt";

    public static TheoryData<string> Cases() => new(Directory.GetDirectories(TestContracts.Cases)
        .Select(d => Path.GetFileName(d)!).Where(d => d[0] != '_').Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Compile_Case_FindsWhatIsExpected(string name)
    {
        var folder = Path.Combine(TestContracts.Cases, name);
        var found = Print(TestContracts.Compile(FilesOf(folder)));
        var expected = Path.Combine(folder, Expected);
        if (Environment.GetEnvironmentVariable("GATEWAY_REWRITE_EXPECTED") == "1")
        {
            await File.WriteAllTextAsync(expected, found, TestContext.Current.CancellationToken);
        }

        found.ShouldBe(await File.ReadAllTextAsync(expected, TestContext.Current.CancellationToken));
    }

    private static List<ContractFile> FilesOf(string folder)
    {
        var files = Directory.GetFiles(folder).Where(f => Path.GetFileName(f) != Expected)
            .Select(f => new ContractFile(Path.GetFileName(f), File.ReadAllBytes(f))).ToList();
        if (!files.Exists(f => f.Name == ContractFile.Policy))
        {
            files.Add(TestContracts.Policy);
        }

        return files;
    }

    private static string Print(CompiledSnapshot compiled)
    {
        var lines = compiled.Errors.Select(e => $"error {e}").Concat(compiled.Warnings.Select(w => $"warning {w}"))
            .Append(compiled.Snapshot is null ? "no snapshot" : $"snapshot of {compiled.Snapshot.Contracts.Length} contracts");
        return string.Join('\n', lines) + "\n";
    }
}
