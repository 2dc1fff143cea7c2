using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Core.Log.Notes;
using Gateway.Tests.Listeners;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Witness;

/// <summary>Cosignatures against the specification's examples, and against code that is not ours.</summary>
public sealed class CosignatureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-witness-");

    public void Dispose() => _folder.Delete(recursive: true);

    // The checkpoint of c2sp.org/tlog-cosignature. It names no public keys; what can be checked is the frame, the time and the text.
    [Fact]
    public void Example_OfTheSpecification_IsReadAsItSays()
    {
        const string note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
            + "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
            + "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

        SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out var parsed).ShouldBeTrue();

        parsed.ToString().ShouldBe(note);
        Checkpoint.TryParse(parsed.Text, out var checkpoint).ShouldBeTrue();
        checkpoint.Head.Size.ShouldBe(20852163);
        NoteVerifier.TimeOf(parsed.Signatures[0].Signature.AsSpan()).ShouldBeNull();
        NoteVerifier.TimeOf(parsed.Signatures[1].Signature.AsSpan()).ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1679315147));
        parsed.Signatures[1].KeyId.ShouldBe(0x8d66cf3fu);
    }

    // A witness of the public network, and a log's key of the same form.
    [Theory]
    [InlineData("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", NoteVerifier.Cosignature)]
    [InlineData("Wit1+55ee4561+AVhZSmQj9+SoL+p/nN0Hh76xXmF7QcHfytUrI1XfSClk", NoteVerifier.Ed25519)]
    public void Vkey_InUseElsewhere_IsReadAndWrittenTheSame(string vkey, byte type)
    {
        NoteVerifier.TryParse(vkey, out var key).ShouldBeTrue();
        key.Type.ShouldBe(type);
        key.ToString().ShouldBe(vkey);
    }

    [Theory]
    [InlineData("remora.n621.de+da77ade8+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")]
    [InlineData("remora.n621.de+da77ade7+AOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")]
    [InlineData("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw")]
    [InlineData("remora.n621.de+DA77ADE7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")]
    [InlineData("+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")]
    public void Vkey_WithAnythingChanged_IsNone(string vkey) => NoteVerifier.TryParse(vkey, out _).ShouldBeFalse();

    [Fact]
    public async Task Cosignature_VerifiesWithOpenSslAlone()
    {
        OpenSsl.SkipWhereAbsent();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var log = new WitnessedLog();
        log.Grow(3);
        await using var witness = await RunningWitness.StartAsync(Path.Combine(_folder.FullName, "w"), [log.Key], clock: clock);
        var answer = await witness.AddAsync(log.Body(0));
        var cosigned = log.Sign().With(SignedNote.ParseSignatures(answer.Body)!.Value).ToString();

        (await VerifyAsync(cosigned, witness.Key)).ShouldBe((0, clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        (await VerifyAsync(cosigned.Replace("\n3\n", "\n4\n", StringComparison.Ordinal), witness.Key)).Exit.ShouldBe(1);
        (await VerifyAsync(cosigned, log.Key)).Exit.ShouldBe(1);
    }

    private async Task<(int Exit, string Output)> VerifyAsync(string note, NoteVerifier key)
    {
        var file = Path.Combine(_folder.FullName, "note");
        await File.WriteAllTextAsync(file, note, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("/usr/bin/python3", [Script(), file, key.ToString()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var python = Process.Start(start)!;
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (python.ExitCode, output.Trim());
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "verify_cosignature.py");
}
