using System.Text;
using Gateway.Core.Log.Notes;

namespace Gateway.Core.Tests.Log.Notes;

/// <summary>Keys and signatures that other implementations made and publish.</summary>
public sealed class GoldenNoteTests
{
    // Go's golang.org/x/mod/sumdb/note, and the public checksum database.
    private const string Neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string SumDatabase = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    private const string Signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    private const string Text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

    // The example of c2sp.org/tlog-checkpoint and tlog-cosignature, whose keys are not published.
    private const string Witnessed =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        + "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        + "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    [Theory]
    [InlineData(Neumann)]
    [InlineData(SumDatabase)]
    public void VerifierKeys_OfGo_ParseAndPrint(string vkey)
    {
        NoteVerifier.TryParse(vkey, out var key).ShouldBeTrue();
        key.ToString().ShouldBe(vkey);
    }

    [Fact]
    public void Notes_SignedByGo_Verify()
    {
        NoteVerifier.TryParse(Neumann, out var key).ShouldBeTrue();
        SignedNote.TryParse(Encoding.UTF8.GetBytes($"{Text}\n\u2014 PeterNeumann {Signature}\n"), out var note).ShouldBeTrue();

        note.Text.ShouldBe(Text);
        note.VerifiedBy([key]).ShouldBe([key]);
        (note with { Text = Text.Replace("answer", "anwser", StringComparison.Ordinal) }).VerifiedBy([key]).ShouldBeEmpty();
    }

    [Fact]
    public void SigningKeys_AsGoWritesThem_AreReadBackAndSignTheSame()
    {
        using var made = Ed25519Signer.Generate("PeterNeumann", NoteVerifier.Ed25519, TimeProvider.System);
        var secret = made.ExportSecret();

        secret.ShouldStartWith($"PRIVATE+KEY+{made.Verifier.ToString()[..22]}", Case.Sensitive);
        Ed25519Signer.TryParse(secret, TimeProvider.System, out var signer).ShouldBeTrue();
        using (signer)
        {
            signer.ToString().ShouldBe(made.ToString());
            // Ed25519 is deterministic.
            SignedNote.Sign(Text, [signer]).ToString().ShouldBe(SignedNote.Sign(Text, [made]).ToString());
        }
    }

    [Fact]
    public void Checkpoint_OfTheStandardsExample_IsRead()
    {
        SignedNote.TryParse(Encoding.UTF8.GetBytes(Witnessed), out var note).ShouldBeTrue();
        Checkpoint.TryParse(note.Text, out var checkpoint).ShouldBeTrue();

        checkpoint.Origin.ShouldBe("example.com/behind-the-sofa");
        checkpoint.Head.Size.ShouldBe(20_852_163);
        checkpoint.Head.Root.ToString().ShouldBe("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
        note.ToString().ShouldBe(Witnessed);
        note.Signatures.Select(s => (s.Name, s.KeyId)).ShouldBe([("example.com/behind-the-sofa", 0x033de0aeu), ("witness.example.com/w1", 0x8d66cf3fu)]);
        NoteVerifier.TimeOf(note.Signatures[1].Signature.AsSpan()).ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_679_315_147));
        NoteVerifier.TimeOf(note.Signatures[0].Signature.AsSpan()).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("PeterNeumann")]
    [InlineData("PeterNeumann+c74f20a3")]
    [InlineData("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T")]
    [InlineData("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    public void VerifierKeys_OfAnotherForm_AreRefused(string vkey) => NoteVerifier.TryParse(vkey, out _).ShouldBeFalse();

    [Theory]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\u2014 name AAAAAAA=")]
    [InlineData("text\n\n- name AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 name AAAAAA==\n")]
    [InlineData("text\n\n\u2014 name AAAAAAB=\n")]
    [InlineData("text\n\n\u2014 na+me AAAAAAA=\n")]
    [InlineData("te\txt\n\n\u2014 name AAAAAAA=\n")]
    public void Notes_OfAnotherForm_AreRefused(string note) => SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out _).ShouldBeFalse();

    [Theory]
    [InlineData("origin\n1\n")]
    [InlineData("origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n")]
    [InlineData("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n")]
    public void Checkpoints_OfAnotherForm_AreRefused(string text) => Checkpoint.TryParse(text, out _).ShouldBeFalse();
}
