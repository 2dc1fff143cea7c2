using Gateway.Configuration;
using Gateway.Demo.Shop;
using Gateway.Tests.Running;

namespace Gateway.Tests.Faults;

public sealed class PrivateDataTests
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Data_OfARunningGateway_IsForItsUserAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("modes are Unix's");
            return;
        }

        await using var gateway = await RunningGateway.StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        await channel.GetShipment(DemoShop.SampleOrder.OrderId);
        var data = gateway.Settings.Data;
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(File.Exists(data.Spans) && File.Exists(data.LogIndex)));

        // Certificates lie in folders of their own here, and are public; the keys beside them have their own test.
        var open = new List<string>();
        foreach (var file in Files(data))
        {
            if ((File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
            {
                open.Add(Path.GetRelativePath(data.Root, file));
            }
        }


        // What proves the log to others is for others.
        open.Except(["log.vkey", Path.GetFileName(data.Checkpoint)], StringComparer.Ordinal).ShouldBeEmpty();
        File.GetUnixFileMode(data.Root).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static IEnumerable<string> Files(DataFolder data) => Directory.EnumerateFiles(data.Root)
        .Concat(Directory.EnumerateFiles(Path.Combine(data.Root, "keys"), "*", SearchOption.AllDirectories));
}
