using System.Runtime.Versioning;
using Gateway.Stores.Sqlite.Keys;

namespace Gateway.Stores.Tests.Log;

[UnsupportedOSPlatform("windows")]
public sealed class MasterKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OpenOrCreate_NewFolder_MakesAKeyForItsOwnerOnlyAndKeepsIt()
    {
        var made = MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]);

        var read = MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]);

        read.CheckValue.ShouldBe(made.CheckValue);
        File.GetUnixFileMode(_folder["master.key"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void OpenOrCreate_KeyMissingBesideItsStore_IsRefusedAndNotMadeAnew()
    {
        File.WriteAllText(_folder["subjects.db"], "");

        Should.Throw<StoreException>(() => MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]))
            .Message.ShouldContain("Put the key back");

        File.Exists(_folder["master.key"]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    public void OpenOrCreate_KeyThatOthersCanRead_IsRefused(UnixFileMode mode)
    {
        MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]);
        File.SetUnixFileMode(_folder["master.key"], mode);

        Should.Throw<StoreException>(() => MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]))
            .Message.ShouldContain("chmod 600");
    }

    [Theory]
    [InlineData("")]
    [InlineData("gateway-master-key-v1:AAAA")]
    [InlineData("gateway-master-key-v1:not base64")]
    public void OpenOrCreate_NotAKey_IsRefused(string content)
    {
        MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]);
        File.WriteAllText(_folder["master.key"], content);

        Should.Throw<StoreException>(() => MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]))
            .Message.ShouldContain("not a master key");
    }

    [Fact]
    public void MasterKey_EachUse_HasAKeyOfItsOwn()
    {
        var master = MasterKeyFile.OpenOrCreate(_folder["master.key"], _folder["subjects.db"]);

        master.SubjectLookupKey.ShouldNotBe(master.SubjectWrapKey);
        master.ToString().ShouldBe("MasterKey");
        master.SubjectLookupKey.ShouldNotBe(master.StatisticsNoiseKey);
    }
}
