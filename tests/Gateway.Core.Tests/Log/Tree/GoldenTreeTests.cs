using Gateway.Core.Log.Tree;

namespace Gateway.Core.Tests.Log.Tree;

/// <summary>Heads and proofs that other implementations of RFC 6962 publish for the same eight leaves, and C2SP's paths and geometry.</summary>
public sealed class GoldenTreeTests
{
    private const string Two = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    private const string Four = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    private const string Leaf0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    private const string Leaf1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    private const string Leaf4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    private const string Leaves2To3 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    private const string Leaves4To7 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    private const string Leaves4To5 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    private const string Leaves6To7 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";

    private static readonly string[] s_leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] s_roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        Leaf0,
        Two,
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        Four,
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void Roots_OfTheReferenceLeaves_AreThePublishedOnes()
    {
        var log = Log();
        for (var size = 0; size <= 8; size++)
        {
            log(size).Tree.Root.ShouldBe(Hash(s_roots[size]));
        }
    }

    [Theory]
    [InlineData(0, 1, "")]
    [InlineData(0, 8, $"{Leaf1} {Leaves2To3} {Leaves4To7}")]
    [InlineData(5, 8, $"{Leaf4} {Leaves6To7} {Four}")]
    [InlineData(2, 3, Two)]
    [InlineData(1, 5, $"{Leaf0} {Leaves2To3} {Leaf4}")]
    public async Task InclusionProofs_OfTheReferenceLeaves_AreThePublishedOnes(int index, int size, string proof)
    {
        var log = Log()(8);

        var hashes = await new TreeReader(log, size).InclusionAsync(index, TestContext.Current.CancellationToken);

        hashes.ShouldBe(Hashes(proof));
        MerkleProof.IsIncluded(MerkleHash.OfLeaf(Convert.FromHexString(s_leaves[index])), index, Head(size), hashes).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 1, "")]
    [InlineData(1, 8, $"{Leaf1} {Leaves2To3} {Leaves4To7}")]
    [InlineData(6, 8, $"{Leaves4To5} {Leaves6To7} {Four}")]
    [InlineData(2, 5, $"{Leaves2To3} {Leaf4}")]
    public async Task ConsistencyProofs_OfTheReferenceLeaves_AreThePublishedOnes(int since, int size, string proof)
    {
        var hashes = await new TreeReader(Log()(8), size).ConsistencyAsync(since, TestContext.Current.CancellationToken);

        hashes.ShouldBe(Hashes(proof));
        MerkleProof.IsConsistent(Head(since), Head(size), hashes).ShouldBeTrue();
        MerkleProof.IsConsistent(Head(since) with { Root = Hash(s_roots[0]) }, Head(size), hashes).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, "tile/0/000")]
    [InlineData(999, "tile/0/999")]
    [InlineData(1000, "tile/0/x001/000")]
    [InlineData(1234067, "tile/0/x001/x234/067")]
    [InlineData(273, "tile/0/273.p/112", 112)]
    [InlineData(1234067, "tile/0/x001/x234/067.p/1", 1)]
    public void Paths_OfTiles_AreTheStandardsOwn(long number, string path, int width = TiledResource.FullWidth)
    {
        TiledResource.Tile(0, number, width).Path.ShouldBe(path);
        TiledResource.TryParse(path, out var parsed).ShouldBeTrue();
        parsed.ShouldBe(TiledResource.Tile(0, number, width));
        TiledResource.Entries(number, width).Path.ShouldBe(path.Replace("tile/0", "tile/entries", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/001/000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000/")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/data/000")]
    [InlineData("tile/0/../../checkpoint")]
    [InlineData("scopes/00")]
    [InlineData("scopes/E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("")]
    public void Paths_OfAnotherForm_AreRefused(string path) => TiledResource.TryParse(path, out _).ShouldBeFalse();

    [Theory]
    [InlineData(70_000, "0 273 full, 0 of 112, 1 1 full, 1 of 17, 2 of 1")]
    [InlineData(256, "0 1 full, 1 of 1")]
    [InlineData(255, "0 of 255")]
    [InlineData(65_536, "0 256 full, 1 1 full, 2 of 1")]
    [InlineData(0, "")]
    public void Geometry_OfALog_IsTheStandardsOwn(long size, string expected)
    {
        var tiles = TiledResource.Between(0, size).Where(r => r.Kind == ResourceKind.Tile).ToArray();
        var told = tiles.GroupBy(t => t.Level).SelectMany(level => new[]
        {
            level.Count(t => t.Width == TiledResource.FullWidth) is > 0 and var full ? $"{level.Key} {full} full" : null,
            level.Where(t => t.Width < TiledResource.FullWidth).Select(t => $"{level.Key} of {t.Width}").SingleOrDefault(),
        });

        string.Join(", ", told.Where(t => t is not null)).ShouldBe(expected);
    }

    private static Func<int, MemoryTiles> Log() => size =>
    {
        var log = new MemoryTiles();
        foreach (var leaf in s_leaves.Take(size))
        {
            log.Append(Convert.FromHexString(leaf));
        }

        return log;
    };

    private static TreeHead Head(int size) => new(size, Hash(s_roots[size]));

    private static MerkleHash Hash(string hex) => new(Convert.FromHexString(hex));

    private static MerkleHash[] Hashes(string hex) => [.. hex.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Hash)];
}
