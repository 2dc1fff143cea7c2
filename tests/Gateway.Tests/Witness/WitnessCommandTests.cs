using System.Security.Cryptography.X509Certificates;
using Gateway.Commands;
using Gateway.Core.Log.Notes;
using Gateway.Tests.Running;

namespace Gateway.Tests.Witness;

/// <summary><c>gateway witness</c> as a process.</summary>
public sealed class WitnessCommandTests : IDisposable
{
    private static readonly string s_kills = Environment.GetEnvironmentVariable("GATEWAY_KILLS") ?? "8";

    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-witness-").FullName;
    private readonly WitnessedLog _log = new();

    private string[] Arguments => ["--data", Path.Combine(_folder, "w"), "--name", RunningWitness.Name, "--log", _log.Key.ToString()];

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Witness_KilledWithoutWarning_NeverForgetsWhatItAnswered()
    {
        var kills = int.Parse(s_kills, System.Globalization.CultureInfo.InvariantCulture);
        _log.Grow(1);
        for (var i = 0; i < kills; i++)
        {
            await using var witness = await WitnessProcess.StartAsync(Arguments);
            var last = await SizeOfAsync(witness);
            var killed = Task.Run(async () =>
            {
                await Task.Delay(Random.Shared.Next(300), TestContext.Current.CancellationToken);
                await witness.KillAsync();
            }, TestContext.Current.CancellationToken);
            while (_log.Size < 4000)
            {
                _log.Grow(1);
                if (await witness.AddAsync(_log.Body(last)) is not { } answer)
                {
                    break;
                }

                answer.Status.ShouldBe(200);
                last = _log.Size;
            }

            await killed;
            await using var again = await WitnessProcess.StartAsync(Arguments);
            // The one that was under way may have been kept, one that was answered always is.
            (await SizeOfAsync(again)).ShouldBeOneOf(last, _log.Size);
            (await again.AddAsync(_log.Rewritten(keep: last - 1, size: last + 1).Body(last)))!.Status.ShouldBeOneOf(409, 422);
        }
    }

    [Fact]
    public async Task Verbs_TellWhatTheWitnessKnows_WhileItRuns()
    {
        _log.Grow(5);
        await using var witness = await WitnessProcess.StartAsync(Arguments);
        var answer = await witness.AddAsync(_log.Body(0));
        string[] data = ["--data", Path.Combine(_folder, "w")];

        var key = await WitnessProcess.RunAsync(["key", .. data]);
        var show = await WitnessProcess.RunAsync(["show", .. data, "-o", "ndjson"]);
        var checkpoint = await WitnessProcess.RunAsync(["checkpoint", .. data]);

        NoteVerifier.TryParse(key.Output.TrimEnd('\n'), out var verifier).ShouldBeTrue("the key and nothing else");
        verifier.Type.ShouldBe(NoteVerifier.Cosignature);
        show.Output.ShouldContain($"\"origin\":\"{_log.Origin}\",\"size\":5,\"root\":\"{_log.Head().Root}\"");
        checkpoint.Output.ShouldBe(_log.Sign().With(SignedNote.ParseSignatures(answer!.Body)!.Value).ToString());
        SignedNote.TryParse(System.Text.Encoding.UTF8.GetBytes(checkpoint.Output), out var note).ShouldBeTrue();
        note.VerifiedBy([verifier, _log.Key]).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Memory_IsForItsOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        await using var witness = await WitnessProcess.StartAsync(Arguments);

        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "w"), "witness.db*"))
        {
            // The lock beside it holds nothing.
            (file.EndsWith(".lock", StringComparison.Ordinal) || OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite))
                .ShouldBeTrue(file);
        }
    }

    [Fact]
    public async Task Start_OfASecondWitnessOnTheFolder_IsRefused()
    {
        await using var witness = await WitnessProcess.StartAsync(Arguments);

        var (exit, _, errors) = await WitnessProcess.RunAsync(Arguments);

        exit.ShouldBe(ExitCode.InvalidConfiguration);
        errors.ShouldContain("is open in another");
    }

    [Fact]
    public async Task Start_WithoutALogOrWithAKeyThatIsNone_IsAMistakeOfUse()
    {
        (await WitnessProcess.RunAsync("--data", _folder, "--name", RunningWitness.Name)).ExitCode.ShouldBe(ExitCode.Usage);
        (await WitnessProcess.RunAsync("--data", _folder, "--name", RunningWitness.Name, "--log", "shop.example+1234abcd+AAAA")).ExitCode.ShouldBe(ExitCode.Usage);
        (await WitnessProcess.RunAsync("--data", _folder, "--name", "two words", "--log", _log.Key.ToString())).ExitCode.ShouldBe(ExitCode.Usage);
        (await WitnessProcess.RunAsync([.. Arguments, "--certificate", "x.pem"])).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task Start_OnPlainHttpBeyondLoopback_IsRefused()
    {
        var (exit, _, errors) = await WitnessProcess.RunAsync([.. Arguments, "--listen", "0.0.0.0:0"]);

        exit.ShouldBe(ExitCode.InvalidConfiguration);
        errors.ShouldContain("plain HTTP is not served");
    }

    [Fact]
    public async Task Start_WithACertificate_SpeaksHttps()
    {
        var settings = RunningGateway.Prepare();
        try
        {
            var certificates = settings.Certificates.FullName;
            await using var witness = await WitnessProcess.StartAsync(
                [.. Arguments, "--certificate", Path.Combine(certificates, "server.pem"), "--key", Path.Combine(certificates, "server.key")]);

            witness.Address.Scheme.ShouldBe("https");
            (await witness.AddAsync(_log.Body(0))).ShouldBeNull("its authority is not trusted by the system");
            _log.Grow(2);
            var link = TestLinks.Of(witness.Address, await KeyAsync(), [X509CertificateLoader.LoadCertificateFromFile(Path.Combine(certificates, "ca.pem"))]);
            (await link.SubmitAsync(TestLinks.Published(_log), new TilesOf(_log), TestContext.Current.CancellationToken)).ShouldNotBeNull(link.State.Trouble);
        }
        finally
        {
            Directory.Delete(settings.Data.Root, recursive: true);
        }
    }

    private async Task<NoteVerifier> KeyAsync()
    {
        NoteVerifier.TryParse((await WitnessProcess.RunAsync("key", "--data", Path.Combine(_folder, "w"))).Output.TrimEnd('\n'), out var key).ShouldBeTrue();
        return key;
    }

    /// <summary>What it cosigned last, asked with an old size that is never right.</summary>
    private async Task<int> SizeOfAsync(WitnessProcess witness)
    {
        using var ahead = _log.Rewritten(_log.Size, _log.Size + 1);
        var answer = await witness.AddAsync(ahead.Body(_log.Size + 1));
        answer!.Status.ShouldBe(409);
        return int.Parse(answer.Body, System.Globalization.CultureInfo.InvariantCulture);
    }
}
