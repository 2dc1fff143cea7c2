using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Tests.Running;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Witness;

public sealed class WitnessSettingsTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly string _key = Vkey("auditor.example/w1", NoteVerifier.Cosignature);

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public void Witnesses_InAList_AreRead()
    {
        var second = Vkey("auditor.example/w2", NoteVerifier.Cosignature);

        var read = Read(
            ("Witnesses__0__Url", "https://auditor.example:9465/log/"), ("Witnesses__0__Key", _key), ("Witnesses__0__Authority", Path.Combine(_settings.Certificates.FullName, "ca.pem")),
            ("Witnesses__1__Url", "http://127.0.0.1:9465"), ("Witnesses__1__Key", second), ("WitnessRequired", "00:10:00"));

        read.Witnesses.Select(w => w.Key.ToString()).ShouldBe([_key, second]);
        read.Witnesses[0].Authority.ShouldHaveSingleItem();
        read.WitnessRequired.ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("false")]
    [InlineData("False")]
    public void Witnesses_ThatNobodyNames_AreNeitherAskedNorRequired(string? required)
    {
        var read = Read(("WitnessRequired", required));

        read.Witnesses.ShouldBeEmpty();
        read.WitnessRequired.ShouldBeNull();
    }

    [Theory]
    [InlineData("Witnesses__0__Urll", "https://auditor.example", "did you mean 'Gateway__Log__Witnesses__0__Url'")]
    [InlineData("Witnesses__Url", "https://auditor.example", "is no setting")]
    [InlineData("Witnesses__0", "https://auditor.example", "is no setting")]
    [InlineData("Witnesses__0__Url", "http://auditor.example", "plain http is for loopback only")]
    [InlineData("Witnesses__0__Url", "auditor.example", "is no https URL")]
    [InlineData("Witnesses__0__Url", "https://auditor.example/?a=b", "is no https URL")]
    [InlineData("Witnesses__0__Url", null, "Url: is not set")]
    [InlineData("Witnesses__0__Key", null, "is no witness's verifier key")]
    [InlineData("Witnesses__0__Key", "auditor.example+00000000+AAAA", "is no witness's verifier key")]
    [InlineData("Witnesses__0__Key", "LOG", "is no witness's verifier key")]
    [InlineData("Witnesses__0__Authority", "/nonexistent.pem", "there are no certificates")]
    [InlineData("WitnessRequired", "true", "neither false nor a lag")]
    [InlineData("WitnessRequired", "10", "neither false nor a lag")]
    [InlineData("WitnessRequired", "00:00:01", "neither false nor a lag")]
    public void Setting_ThatIsWrong_IsAnError(string name, string? value, string told)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Witnesses__0__Url"] = "https://auditor.example", ["Witnesses__0__Key"] = _key };
        settings[name] = value == "LOG" ? Vkey("shop.example/log", NoteVerifier.Ed25519) : value;

        var errors = Should.Throw<InvalidSettingsException>(() => Read([.. settings.Select(s => (s.Key, s.Value))])).Errors;

        errors.ShouldContain(e => e.Contains(told, StringComparison.Ordinal), string.Join('\n', errors));
    }

    [Fact]
    public void Required_WithoutAWitness_IsAnError() =>
        Should.Throw<InvalidSettingsException>(() => Read(("WitnessRequired", "00:10:00"))).Errors.ShouldContain(e => e.Contains("no witness is", StringComparison.Ordinal));

    [Fact]
    public void Witness_NamedTwice_IsAnError() =>
        Should.Throw<InvalidSettingsException>(() => Read(
            ("Witnesses__0__Url", "https://a.example"), ("Witnesses__0__Key", _key), ("Witnesses__1__Url", "https://b.example"), ("Witnesses__1__Key", _key)))
            .Errors.ShouldHaveSingleItem().ShouldContain("is a witness already");

    private GatewaySettings Read(params (string Name, string? Value)[] log)
    {
        var variables = ServeProcess.Variables(_settings);
        foreach (var (name, value) in log)
        {
            variables["Gateway__Log__" + name] = value;
        }

        return SettingsReader.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(variables.Where(v => v.Value is not null).Select(v => KeyValuePair.Create(v.Key.Replace("__", ":", StringComparison.Ordinal), v.Value)))
            .Build());
    }

    private static string Vkey(string name, byte type)
    {
        using var signer = Ed25519Signer.Generate(name, type, TimeProvider.System);
        return signer.Verifier.ToString();
    }
}
