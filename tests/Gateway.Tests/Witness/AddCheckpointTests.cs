using System.Globalization;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Witness;

/// <summary>c2sp.org/tlog-witness, status by status, over HTTP.</summary>
public sealed class AddCheckpointTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-witness-");
    private readonly WitnessedLog _log = new();
    private readonly CapturedLogs _lines = new();
    private RunningWitness _witness = null!;

    public async ValueTask InitializeAsync() => _witness = await RunningWitness.StartAsync(_folder.FullName, [_log.Key], _lines);

    public async ValueTask DisposeAsync()
    {
        await _witness.DisposeAsync();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Checkpoint_OfALogNeverSeen_IsCosigned()
    {
        _log.Grow(3);

        var answer = await _witness.AddAsync(_log.Body(0));

        answer.Status.ShouldBe(200);
        Cosigned(_log.Sign(), answer).ShouldBeTrue();
        _lines.Entries.ShouldContain(l => l.Id.Name == "LogFirstSeen");
    }

    [Fact]
    public async Task Checkpoints_ThatGoOn_AreCosignedAtEachSize()
    {
        var before = 0;
        foreach (var more in new[] { 1, 1, 5, 1, 248, 1, 44 })
        {
            _log.Grow(more);
            (await _witness.AddAsync(_log.Body(before))).Status.ShouldBe(200, string.Create(CultureInfo.InvariantCulture, $"{before} to {_log.Size}"));
            before = _log.Size;
        }

        _witness.Evidence.ShouldBeEmpty();
    }

    [Fact]
    public async Task Checkpoint_CosignedBefore_IsCosignedAgain()
    {
        _log.Grow(5);
        await _witness.AddAsync(_log.Body(0));

        var answer = await _witness.AddAsync(_log.Body(5));

        answer.Status.ShouldBe(200);
        Cosigned(_log.Sign(), answer).ShouldBeTrue();
        (await _witness.AddAsync(_log.Body(5, 5, [_log.Head().Root]))).Status.ShouldBe(422, "a proof between equal sizes is empty");
    }

    [Fact]
    public async Task Checkpoint_OfAnEmptyLog_IsCosignedOnlyWithTheEmptyRoot()
    {
        var wrong = _log.Sign(new TreeHead(0, MerkleHash.OfLeaf([1])));

        (await _witness.AddAsync(WitnessedLog.Body(0, wrong, []))).ShouldBe(new RawAnswer(409, "text/x.tlog.size", "0\n"));
        (await _witness.AddAsync(_log.Body(0))).Status.ShouldBe(200);
        _log.Grow(1);
        (await _witness.AddAsync(_log.Body(0))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("old 0\n")]
    [InlineData("old 0\n\nno checkpoint\n")]
    [InlineData("OLD 0\n\n{note}")]
    [InlineData("old  0\n\n{note}")]
    [InlineData("old 00\n\n{note}")]
    [InlineData("old -1\n\n{note}")]
    [InlineData("old +1\n\n{note}")]
    [InlineData("old 0x1\n\n{note}")]
    [InlineData("old 9223372036854775808\n\n{note}")]
    [InlineData("old 0\r\n\r\n{note}")]
    [InlineData("old 0\n{note}")]
    [InlineData("\nold 0\n\n{note}")]
    [InlineData("old 0\n\n\n{note}")]
    [InlineData("old 0\nAAAA\n\n{note}")]
    [InlineData("old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\n{note}")]
    [InlineData("old 0\n\n{note}trailing")]
    public async Task Body_ThatIsMalformed_IsABadRequest(string body)
    {
        _log.Grow(2);

        (await _witness.AddAsync(body.Replace("{note}", _log.Sign().ToString(), StringComparison.Ordinal))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Body_With63Hashes_IsRead_AndWith64IsNot()
    {
        _log.Grow(2);
        var hash = _log.Head().Root;

        (await _witness.AddAsync(_log.Body(0, 2, Enumerable.Repeat(hash, 63)))).Status.ShouldBe(422);
        (await _witness.AddAsync(_log.Body(0, 2, Enumerable.Repeat(hash, 64)))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Body_ThatIsTooLong_IsNotRead()
    {
        _log.Grow(2);

        (await _witness.AddAsync(_log.Body(0) + new string('x', 200_000))).Status.ShouldBe(413);
    }

    [Fact]
    public async Task OldSize_LargerThanTheCheckpoints_IsABadRequest()
    {
        _log.Grow(4);
        await _witness.AddAsync(_log.Body(0));

        (await _witness.AddAsync(_log.Body(5, 4, []))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Log_ThatIsNotTrusted_IsNotFound()
    {
        using var other = new WitnessedLog("other.example/log");
        other.Grow(1);

        (await _witness.AddAsync(other.Body(0))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Signature_OfAKeyThatIsNotTrusted_IsForbidden()
    {
        using var stranger = new WitnessedLog();
        stranger.Grow(1);

        (await _witness.AddAsync(stranger.Body(0))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Signature_BesideThatOfATrustedKey_IsIgnored()
    {
        using var unknown = Ed25519Signer.Generate("elsewhere.example/w", NoteVerifier.Cosignature, TimeProvider.System);
        _log.Grow(2);

        (await _witness.AddAsync(WitnessedLog.Body(0, _log.Sign(2, unknown), []))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Signature_OverAnotherText_IsForbidden()
    {
        _log.Grow(2);
        var note = _log.Sign();
        var forged = note with { Text = note.Text.Replace("\n2\n", "\n3\n", StringComparison.Ordinal) };

        (await _witness.AddAsync(WitnessedLog.Body(0, forged, []))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task OldSize_ThatIsNotTheLast_ConflictsAndTellsTheSize()
    {
        _log.Grow(7);
        await _witness.AddAsync(_log.Body(0));
        _log.Grow(2);

        foreach (var old in new[] { 0, 3, 8, 9 })
        {
            var answer = await _witness.AddAsync(_log.Body(old));
            answer.ShouldBe(new RawAnswer(409, "text/x.tlog.size", "7\n"));
        }

        (await _witness.AddAsync(_log.Body(7))).Status.ShouldBe(200);
        _witness.Evidence.ShouldBeEmpty("an old size out of date is no misbehaviour");
    }

    [Fact]
    public async Task OldSize_OtherThanZero_OfALogNeverSeen_ConflictsWithZero()
    {
        _log.Grow(7);

        (await _witness.AddAsync(_log.Body(3))).ShouldBe(new RawAnswer(409, "text/x.tlog.size", "0\n"));
    }

    [Fact]
    public async Task Checkpoint_OfTheSameSizeWithAnotherRoot_ConflictsAndIsEvidence()
    {
        _log.Grow(7);
        await _witness.AddAsync(_log.Body(0));
        var forked = _log.Rewritten(keep: 6, size: 7);

        (await _witness.AddAsync(forked.Body(7))).ShouldBe(new RawAnswer(409, "text/x.tlog.size", "7\n"));
        (await _witness.AddAsync(forked.Body(0))).Status.ShouldBe(409);

        _witness.Evidence.ShouldHaveSingleItem().ShouldStartWith("fork-7-");
        _lines.Entries.Count(l => l.Level == LogLevel.Critical && l.Id.Name == "SuspiciousCheckpoint").ShouldBe(1, "the same one again is no news");
        EvidenceHolds(_log.Sign(), forked.Sign());
    }

    [Fact]
    public async Task Checkpoint_WithoutAValidProof_IsUnprocessableAndEvidence()
    {
        _log.Grow(7);
        await _witness.AddAsync(_log.Body(0));
        var forked = _log.Rewritten(keep: 6, size: 9);

        (await _witness.AddAsync(forked.Body(7))).Status.ShouldBe(422);
        (await _witness.AddAsync(forked.Body(7, 9, []))).Status.ShouldBe(422);

        _witness.Evidence.ShouldHaveSingleItem().ShouldStartWith("notproven-9-");
        EvidenceHolds(_log.Sign(), forked.Sign());
        _log.Grow(2);
        (await _witness.AddAsync(_log.Body(7))).Status.ShouldBe(200, "the true log goes on");
    }

    [Fact]
    public async Task Checkpoint_SmallerThanTheLast_ConflictsAndIsEvidence()
    {
        _log.Grow(9);
        await _witness.AddAsync(_log.Body(0));

        (await _witness.AddAsync(_log.Body(0, 4))).ShouldBe(new RawAnswer(409, "text/x.tlog.size", "9\n"));

        _witness.Evidence.ShouldHaveSingleItem().ShouldStartWith("smaller-4-");
    }

    [Fact]
    public async Task Proof_WithAByteChangedAnywhere_IsUnprocessable()
    {
        _log.Grow(6);
        await _witness.AddAsync(_log.Body(0));
        _log.Grow(7);
        var proof = _log.Proof(6, 13);

        for (var i = 0; i < proof.Count; i++)
        {
            var changed = proof[i].ToBytes();
            changed[i] ^= 1;
            (await _witness.AddAsync(_log.Body(6, 13, [.. proof.Take(i), new MerkleHash(changed), .. proof.Skip(i + 1)]))).Status.ShouldBe(422);
            (await _witness.AddAsync(_log.Body(6, 13, [.. proof.Take(i), .. proof.Skip(i + 1)]))).Status.ShouldBe(422);
        }

        (await _witness.AddAsync(_log.Body(6, 13, [.. proof, proof[0]]))).Status.ShouldBe(422);
        (await _witness.AddAsync(_log.Body(6))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Requests_ForAnythingElse_AreNotAnswered()
    {
        (await _witness.SendAsync(HttpMethod.Get, "/add-checkpoint", null)).Status.ShouldBe(405);
        (await _witness.SendAsync(HttpMethod.Get, "/", null)).Status.ShouldBe(404);
        (await _witness.SendAsync(HttpMethod.Post, "/add-checkpoint/", _log.Body(0))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Checkpoints_FromTheSameSizeAtOnce_OneIsCosigned()
    {
        _log.Grow(4);
        await _witness.AddAsync(_log.Body(0));
        _log.Grow(32);

        // Sixteen futures of one log and sixteen of a forked one, all from size 4.
        var forked = _log.Rewritten(keep: 20, size: 36);
        string[] bodies = [.. Enumerable.Range(21, 16).SelectMany(n => new[] { _log.Body(4, n), forked.Body(4, n) })];
        var answers = await Task.WhenAll(bodies.Select(b => _witness.AddAsync(b)));

        var winner = Array.FindIndex(answers, a => a.Status == 200);
        answers.Count(a => a.Status == 200).ShouldBe(1);
        var size = bodies[winner].Split('\n').SkipWhile(l => l != _log.Origin).Skip(1).First();
        answers.Where(a => a.Status != 200).ShouldAllBe(a => a.Status == 409 && a.Body == size + "\n");
    }

    private bool Cosigned(SignedNote submitted, RawAnswer answer) =>
        submitted.With(SignedNote.ParseSignatures(answer.Body)!.Value).VerifiedBy([_witness.Key]).Count == 1;

    private void EvidenceHolds(SignedNote cosigned, SignedNote submitted)
    {
        var folder = Path.Combine(_witness.Folder.Evidence, _witness.Evidence[0]);
        SignedNote.TryParse(File.ReadAllBytes(Path.Combine(folder, "cosigned")), out var before).ShouldBeTrue();
        before.VerifiedBy([_log.Key, _witness.Key]).Count.ShouldBe(2);
        before.Text.ShouldBe(cosigned.Text);
        File.ReadAllText(Path.Combine(folder, "submitted")).ShouldEndWith(submitted.ToString());
    }
}
