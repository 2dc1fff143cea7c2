using System.CommandLine;
using Gateway.Protos.Admin.V1;
using Grpc.Core;

namespace Gateway.Commands.Trace;

/// <summary>Asks the staff listener's TraceService as a member of staff.</summary>
internal sealed class TraceClient
{
    private readonly Option<string> _as = CommonOptions.As("security-analyst");
    private readonly Option<DirectoryInfo> _certificates = CommonOptions.Certificates();
    private readonly Option<string> _gateway = CommonOptions.Staff();

    public void AddTo(Command command)
    {
        command.Options.Add(_as);
        command.Options.Add(_certificates);
        command.Options.Add(_gateway);
    }

    public async Task<T> AskAsync<T>(ParseResult parsed, Func<TraceService.TraceServiceClient, AsyncUnaryCall<T>> ask)
    {
        var address = parsed.GetRequiredValue(_gateway);
        var name = parsed.GetRequiredValue(_as);
        using var channel = MutualTlsChannel.Open(parsed.GetRequiredValue(_certificates), name, address);
        try
        {
            return await ask(new TraceService.TraceServiceClient(channel));
        }
        catch (RpcException e)
        {
            throw Failure(e.Status, name, address);
        }
    }

    private static CommandFailure Failure(Status status, string name, string address) => status.StatusCode switch
    {
        StatusCode.NotFound => new(
            ExitCode.CheckFailed, status.Detail, "`gateway trace list` shows what is kept; `gateway log show RECEIPT` shows the record, which stays"),
        StatusCode.InvalidArgument => new(ExitCode.Usage, status.Detail),
        StatusCode.PermissionDenied => new(
            ExitCode.Refused, $"{name} may not read traces", "act as someone with the role `security` in staff.yaml: --as NAME"),
        StatusCode.Unavailable or StatusCode.Unauthenticated => new(
            ExitCode.CannotConnect, $"cannot connect to the staff listener at {address} as {name}: {status.Detail}",
            "name the listener with --gateway HOST:PORT, the certificates with --certs; `gateway health` tells whether it runs"),
        _ => new(ExitCode.Unexpected, $"{status.StatusCode}: {status.Detail}"),
    };
}
