using System.CommandLine;
using Gateway.Commands;
using Gateway.Commands.Log;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.LogTree;

/// <summary><c>gateway log</c> in this process, and what its arguments need of a running gateway.</summary>
internal static class LogVerb
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs a command as the executable does; gives its exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var parsed = LogCommand.Create().Parse(arguments);
            parsed.Errors.ShouldBeEmpty();
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Cancellation);
        }
        catch (CommandFailure failure)
        {
            return failure.ExitCode;
        }
    }

    /// <summary>The receipt of the entry at an index.</summary>
    public static async Task<string> ReceiptAsync(RunningGateway gateway, long index)
    {
        var leaf = (await gateway.Services.GetRequiredService<ILogReader>().ReadAsync(index, 1, Cancellation))[0];
        return new ReceiptId(new Guid(Entry.Parser.ParseFrom(leaf.Bytes).Receipt.Span, bigEndian: true)).ToString();
    }
}
