using System.Security.Cryptography;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Tests.Log.Tree;

/// <summary>The tree against RFC 6962 written down as it stands there: recursive, over all leaves.</summary>
public sealed class MerkleTreeTests
{
    [Fact]
    public async Task Proofs_OfEachPlaceAndSize_VerifyAgainstTheDefinition()
    {
        const int Leaves = 70;
        var log = new MemoryTiles();
        var hashes = new List<byte[]>();
        var heads = new List<TreeHead> { new(0, MerkleHash.Empty) };
        for (var i = 0; i < Leaves; i++)
        {
            byte[] entry = [(byte)i, 1];
            log.Append(entry);
            hashes.Add(SHA256.HashData([0, .. entry]));
            log.Tree.Root.ToBytes().ShouldBe(Mth(hashes));
            heads.Add(new TreeHead(log.Tree.Size, log.Tree.Root));
        }

        foreach (var head in heads)
        {
            var reader = new TreeReader(log, head.Size);
            (await reader.RootAsync(TestContext.Current.CancellationToken)).ShouldBe(head.Root);
            for (var index = 0; index < head.Size; index++)
            {
                var proof = await reader.InclusionAsync(index, TestContext.Current.CancellationToken);
                MerkleProof.IsIncluded(new MerkleHash(hashes[index]), index, head, proof).ShouldBeTrue();
                MerkleProof.IsIncluded(new MerkleHash(hashes[index]), index + 1, head, proof).ShouldBeFalse();
                if (proof.Length > 0)
                {
                    MerkleProof.IsIncluded(new MerkleHash(hashes[index]), index, head, proof.AsSpan(1)).ShouldBeFalse();
                }
            }

            foreach (var since in heads.Where(h => h.Size <= head.Size))
            {
                var proof = await reader.ConsistencyAsync(since.Size, TestContext.Current.CancellationToken);
                MerkleProof.IsConsistent(since, head, proof).ShouldBeTrue();
                if (since.Size > 0)
                {
                    MerkleProof.IsConsistent(since with { Root = MerkleHash.OfNode(since.Root, since.Root) }, head, proof).ShouldBeFalse();
                }
            }
        }
    }

    private static byte[] Mth(List<byte[]> leaves)
    {
        if (leaves.Count == 1)
        {
            return leaves[0];
        }

        var split = 1;
        while (split * 2 < leaves.Count)
        {
            split *= 2;
        }

        return SHA256.HashData([1, .. Mth([.. leaves.Take(split)]), .. Mth([.. leaves.Skip(split)])]);
    }
}
