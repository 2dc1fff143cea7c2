using Gateway.Commands;
using Gateway.Contracts;

namespace Gateway.Tests.Contracts;

public sealed class LoadedContractsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gateway-load-").FullName;

    [Fact]
    public async Task Load_BrokenFiles_FailsWithEveryErrorAndExitCode3()
    {
        DemoContracts.WriteTo(_root);
        await File.WriteAllTextAsync(Path.Combine(_root, "staff.yaml"), "staff: []\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_root, "extra.yaml"), "contract: extra\n", TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<CommandFailure>(() => LoadAsync(_root));

        failure.ExitCode.ShouldBe(ExitCode.InvalidConfiguration);
        failure.Message.ShouldContain("extra.yaml:1:1: 'grants' is missing in the contract;");
        failure.Message.ShouldContain("staff.yaml:1:8: 'staff' is empty;");
    }

    [Fact]
    public async Task Load_NoFolder_FailsWithExitCode3() =>
        (await Should.ThrowAsync<CommandFailure>(() => LoadAsync(Path.Combine(_root, "none")))).ExitCode.ShouldBe(ExitCode.InvalidConfiguration);

    [Fact]
    public async Task Load_NoStaff_Fails()
    {
        DemoContracts.WriteTo(_root);
        File.Delete(Path.Combine(_root, "staff.yaml"));

        (await Should.ThrowAsync<CommandFailure>(() => LoadAsync(_root))).Message.ShouldStartWith("staff.yaml:1:1: there is no staff;");
    }

    [Fact]
    public async Task Load_FolderIsALink_ReadsItsTarget()
    {
        var target = Directory.CreateDirectory(Path.Combine(_root, "target")).FullName;
        DemoContracts.WriteTo(target);
        var link = Path.Combine(_root, "link");
        Directory.CreateSymbolicLink(link, target);

        (await LoadAsync(link)).Snapshot.Contracts.Length.ShouldBe(DemoContracts.Files.Count - 2, "all but policy and staff");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static Task<LoadedContracts> LoadAsync(string folder) => LoadedContracts.LoadAsync(
        new ContractFolder(folder, TimeProvider.System), DemoContracts.Catalogue, TimeProvider.System, TestContext.Current.CancellationToken);
}
