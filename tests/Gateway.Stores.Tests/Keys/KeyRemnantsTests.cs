using System.Security.Cryptography;
using Gateway.Stores.Sqlite.Keys;

namespace Gateway.Stores.Tests.Keys;

public sealed class KeyRemnantsTests : IDisposable
{
    private const int Block = 1 << 20;

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _value = RandomNumberGenerator.GetBytes(60);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(Block - 60)]
    [InlineData(Block - 59)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData((2 * Block) - 30)]
    [InlineData((3 * Block) - 60)]
    public void HoldAny_ValueAnywhere_IsFound(int at)
    {
        var bytes = new byte[3 * Block];
        _value.CopyTo(bytes, at);
        File.WriteAllBytes(_folder["file"], bytes);
        using var remnants = new KeyRemnants(_folder["file"]);

        remnants.HoldAny([RandomNumberGenerator.GetBytes(32), _value]).ShouldBeTrue();
        remnants.HoldAny([RandomNumberGenerator.GetBytes(32)]).ShouldBeFalse();
    }

    [Fact]
    public void HoldAny_FileChangedSince_SeesWhatIsThereNow()
    {
        File.WriteAllBytes(_folder["file"], []);
        using var remnants = new KeyRemnants(_folder["file"]);
        remnants.HoldAny([_value]).ShouldBeFalse();

        File.WriteAllBytes(_folder["file"], _value);
        remnants.HoldAny([_value]).ShouldBeTrue();

        File.WriteAllBytes(_folder["file"], new byte[60]);
        remnants.HoldAny([_value]).ShouldBeFalse();
    }
}
