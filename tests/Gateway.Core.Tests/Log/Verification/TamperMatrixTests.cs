using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;

namespace Gateway.Core.Tests.Log.Verification;

/// <summary>
/// Everything that can be done to a log of 1,000 entries is found, and the first bad index named. GATEWAY_TAMPER=all flips each byte of
/// it instead of one an entry.
/// </summary>
public sealed class TamperMatrixTests
{
    private const int Size = 1000;

    private static readonly SignedLog s_log = SignedLog.Of(Size);
    private static readonly bool s_all = Environment.GetEnvironmentVariable("GATEWAY_TAMPER") == "all";

    public static TheoryData<int> Indices => [0, 1, 254, 255, 256, 257, 500, 767, 768, 998, 999];

    [Fact]
    public async Task Log_Untouched_IsWhole()
    {
        var report = await s_log.VerifyAsync(s_log.Checkpoint);

        report.IsWhole.ShouldBeTrue();
        report.Verified.ShouldBe(Size);
    }

    [Fact]
    public async Task Entry_AByteFlipped_IsFoundAtItsIndex()
    {
        var entries = s_log.Entries;
        for (var index = 0; index < Size; index++)
        {
            for (var at = s_all ? 0 : index % entries[index].Length; at < entries[index].Length; at += s_all ? 1 : entries[index].Length)
            {
                var report = await s_log.WithEntry(index, Flipped(entries[index], at)).VerifyAsync();

                report.Integrity.FirstBad.ShouldBe(index);
                report.Integrity.Faults.Length.ShouldBe(1);
                report.Verified.ShouldBe(Size - 1);
            }
        }
    }

    [Fact]
    public async Task Resource_AByteFlipped_IsFound()
    {
        foreach (var resource in s_log.Resources)
        {
            // Of a bundle, its lengths too; the entries themselves are the other test's.
            for (var at = 0; at < s_log[resource].Length; at += s_all || resource.Kind is ResourceKind.Checkpoint or ResourceKind.Scope ? 1 : 97)
            {
                var report = await s_log.With((resource, Flipped(s_log[resource], at))).VerifyAsync();

                report.IsWhole.ShouldBeFalse($"{resource} byte {at}");
                if (resource is { Kind: ResourceKind.Tile, Level: 0 })
                {
                    report.Integrity.FirstBad.ShouldBe((resource.Number * TiledResource.FullWidth) + (at / MerkleHash.Size));
                }
            }
        }
    }

    [Fact]
    public async Task Resource_TakenAway_IsFound()
    {
        foreach (var resource in s_log.Resources)
        {
            var report = await s_log.With((resource, null)).VerifyAsync();

            report.Completeness.Holds.ShouldBeFalse(resource.Path);
            if (resource.Kind is ResourceKind.Tile or ResourceKind.Entries)
            {
                report.Completeness.FirstBad.ShouldBe(resource.Number * TiledResource.FullWidth << (8 * resource.Level));
            }
        }
    }

    [Fact]
    public async Task Resource_CutAnywhere_IsFound()
    {
        foreach (var resource in s_log.Resources)
        {
            for (var length = 0; length < s_log[resource].Length; length += s_all ? 1 : 89)
            {
                (await s_log.With((resource, s_log[resource][..length])).VerifyAsync()).IsWhole.ShouldBeFalse($"{resource} cut to {length} bytes");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Entry_Deleted_IsFoundAtItsIndex(int index)
    {
        var report = await s_log.WithEntries([.. s_log.Entries.Take(index), .. s_log.Entries.Skip(index + 1)]).VerifyAsync();

        report.IsWhole.ShouldBeFalse();
        new[] { report.Integrity.FirstBad, report.Completeness.FirstBad }.Where(i => i is not null).Min().ShouldBe(index);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Entry_Inserted_IsFoundAtItsIndex(int index)
    {
        var report = await s_log.WithEntries([.. s_log.Entries.Take(index), [1, 2, 3], .. s_log.Entries.Skip(index)]).VerifyAsync();

        report.Integrity.FirstBad.ShouldBe(index);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Entry_Duplicated_IsFoundAfterIt(int index)
    {
        var report = await s_log.WithEntries([.. s_log.Entries.Take(index + 1), .. s_log.Entries.Skip(index)]).VerifyAsync();

        // The last one's double stands behind the end: the bundle holds more than its entries.
        report.Integrity.FirstBad.ShouldBe(Math.Min(index + 1, Size - 1));
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Entries_Swapped_AreFoundAtTheFirst(int index)
    {
        var entries = s_log.Entries.ToArray();
        var other = (index + 300) % Size;
        (entries[index], entries[other]) = (entries[other], entries[index]);

        var report = await s_log.WithEntries(entries).VerifyAsync();

        report.Integrity.Faults.Select(f => f.Entries!.Value.Start).ShouldBe([Math.Min(index, other), Math.Max(index, other)]);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task EntryAndTile_RewrittenTogether_AreFoundInTheirTile(int index)
    {
        var entries = s_log.Entries.ToArray();
        entries[index] = Flipped(entries[index], 5);
        var forged = new SignedLog(entries, s_log.Signer);
        var tile = s_log.Resources.Single(r => r is { Kind: ResourceKind.Tile, Level: 0 } && r.Number == index / TiledResource.FullWidth);

        var report = await s_log.WithEntries(entries).With((tile, forged[tile])).VerifyAsync();

        report.Integrity.FirstBad.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(index);
        // A full tile has a hash above it, which still is what was recorded; the partial tile at the end has none.
        (index >= 768 || report.Integrity.FirstBad == index / TiledResource.FullWidth * TiledResource.FullWidth).ShouldBeTrue();
        var named = await new LogVerification(s_log.WithEntries(entries).With((tile, forged[tile])), new LogTrust(s_log.Signer.Verifier)) { Reference = s_log }
            .VerifyAsync(TestContext.Current.CancellationToken);
        (index < 768 || named.Integrity.FirstBad == index).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Log_RewrittenAndSignedAgain_IsFoundWithAKeptCheckpoint(int index)
    {
        var entries = s_log.Entries.ToArray();
        entries[index] = Flipped(entries[index], 5);
        var forged = new SignedLog(entries, s_log.Signer);

        (await forged.VerifyAsync()).IsWhole.ShouldBeTrue("whoever holds the key can rewrite what nobody else kept");
        (await forged.VerifyAsync(s_log.Checkpoint)).Integrity.Holds.ShouldBeFalse();
        var named = await new LogVerification(forged, new LogTrust(forged.Signer.Verifier)) { Since = [s_log.Checkpoint], Reference = s_log }
            .VerifyAsync(TestContext.Current.CancellationToken);
        named.Integrity.FirstBad.ShouldBe(index);
    }

    [Fact]
    public async Task Log_Forked_IsFoundBehindTheLastCheckpointThatItGoesOnFrom()
    {
        var before = new SignedLog([.. s_log.Entries.Take(600)], s_log.Signer);
        var forked = new SignedLog([.. s_log.Entries.Take(700), .. s_log.Entries.Skip(701), [9]], s_log.Signer);

        var report = await forked.VerifyAsync(before.Checkpoint, s_log.Checkpoint);

        report.Integrity.Faults.ShouldHaveSingleItem().Entries.ShouldBe(new TreeRange(600, Size));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(999)]
    public async Task Log_RolledBack_IsFoundWithAKeptCheckpoint(int size)
    {
        var rolledBack = new SignedLog([.. s_log.Entries.Take(size)], s_log.Signer);

        var report = await rolledBack.VerifyAsync(s_log.Checkpoint);

        report.Integrity.Holds.ShouldBeTrue();
        report.Completeness.FirstBad.ShouldBe(size);
    }

    [Fact]
    public async Task Log_SignedWithAnotherKey_IsNotTrusted()
    {
        var forged = new SignedLog(s_log.Entries, SignedLog.NewSigner());

        var report = await new LogVerification(forged, new LogTrust(s_log.Signer.Verifier)).VerifyAsync(TestContext.Current.CancellationToken);

        report.Checkpoint.ShouldBeNull();
        report.Integrity.Faults.ShouldHaveSingleItem().What.ShouldContain("not signed with this key");
    }

    [Fact]
    public async Task Log_WithoutAWitnessAskedFor_IsNotTrusted()
    {
        using var witness = Ed25519Signer.Generate("witness.example/w1", NoteVerifier.Cosignature, TimeProvider.System);
        var trust = new LogTrust([s_log.Signer.Verifier], [witness.Verifier]);
        var note = SignedNote.Sign(s_log.Checkpoint.Text, [s_log.Signer, witness]);

        var without = await new LogVerification(s_log, trust).VerifyAsync(TestContext.Current.CancellationToken);
        var with = await new LogVerification(s_log.With((TiledResource.Checkpoint, note.ToBytes())), trust).VerifyAsync(TestContext.Current.CancellationToken);

        without.IsWhole.ShouldBeFalse();
        with.IsWhole.ShouldBeTrue();
        with.Cosigned.ShouldHaveSingleItem().Witness.ShouldBe("witness.example/w1");
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }
}
