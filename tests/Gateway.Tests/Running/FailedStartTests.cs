using System.Net;
using System.Net.Sockets;
using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Log.Notes;

namespace Gateway.Tests.Running;

/// <summary>A start that fails after the log was opened leaves it as a stop would.</summary>
public sealed class FailedStartTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Start_PortTaken_FailsAndLeavesTheLogSignedToItsEnd()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Listeners__Local"] = taken.LocalEndpoint.ToString();

        var (code, errors) = await ServeProcess.RefusesAsync(variables);

        code.ShouldBe(ExitCode.InvalidConfiguration, errors);
        errors.ShouldContain("already in use");
        errors.ShouldNotContain("No checkpoint of the log can be signed");
        SignedNote.TryParse(await File.ReadAllBytesAsync(_settings.Data.Checkpoint, TestContext.Current.CancellationToken), out var note).ShouldBeTrue();
        Checkpoint.TryParse(note!.Text, out var checkpoint).ShouldBeTrue();
        checkpoint!.Head.Size.ShouldBe((await LoggedEntries.ReadAsync(_settings.Log)).Count);
    }
}
