using System.CommandLine;
using Gateway.Protos.Admin.V1;
using Grpc.Core;

namespace Gateway.Commands.Trace;

/// <summary>Asks the staff listener's TraceService as a member of staff.</summary>
internal sealed class TraceClient
{
    private readonly StaffOptions _staff = new();

    public void AddTo(Command command) => _staff.AddTo(command);

    public async Task<T> AskAsync<T>(ParseResult parsed, Func<TraceService.TraceServiceClient, AsyncUnaryCall<T>> ask)
    {
        using var channel = _staff.Open(parsed);
        try
        {
            return await ask(new TraceService.TraceServiceClient(channel));
        }
        catch (RpcException e)
        {
            throw Failure(e.Status, _staff.Name(parsed), _staff.Address(parsed));
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
