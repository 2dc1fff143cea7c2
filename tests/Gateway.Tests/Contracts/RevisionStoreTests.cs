using Gateway.Contracts;
using Gateway.Core.Contracts;

namespace Gateway.Tests.Contracts;

public sealed class RevisionStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-revisions-").FullName;

    [Fact]
    public async Task Read_AfterSave_GivesTheExactBytesWithoutStaff()
    {
        var store = new RevisionStore(_folder);

        var revision = await store.SaveAsync(DemoContracts.Files, TestContext.Current.CancellationToken);
        await store.SaveAsync(DemoContracts.Files, TestContext.Current.CancellationToken);

        revision.ShouldBe(Revision.Of(DemoContracts.Files));
        store.List().ShouldBe([revision]);
        store.Find(revision[..8]).ShouldBe(revision);
        store.Find(revision[..2]).ShouldBeNull();
        var files = await store.ReadAsync(revision, TestContext.Current.CancellationToken);
        files.Select(f => f.Name).ShouldBe(Revision.Parts(DemoContracts.Files).Select(f => f.Name));
        files[0].Bytes.ToArray().ShouldBe(Revision.Parts(DemoContracts.Files).First().Bytes.ToArray());
    }

    [Fact]
    public async Task Read_FileChangedAfterwards_IsRefused()
    {
        var store = new RevisionStore(_folder);
        var revision = await store.SaveAsync(DemoContracts.Files, TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(Path.Combine(_folder, revision, "policy.yaml"), "\n", TestContext.Current.CancellationToken);

        await Should.ThrowAsync<InvalidDataException>(() => store.ReadAsync(revision, TestContext.Current.CancellationToken));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
