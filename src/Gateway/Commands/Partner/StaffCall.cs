using System.CommandLine;
using Gateway.Protos.Admin.V1;
using Grpc.Core;

namespace Gateway.Commands.Partner;

/// <summary>A call of the admin service as a member of staff: the options it needs, and what its failures mean to the user.</summary>
internal sealed class StaffCall
{
    private readonly StaffOptions _staff = new();

    /// <summary>Adds the options to a command.</summary>
    public StaffCall AddTo(Command command)
    {
        _staff.AddTo(command);
        return this;
    }

    /// <exception cref="CommandFailure">The gateway could not be reached, or said no.</exception>
    public async Task<T> RunAsync<T>(
        ParseResult parsed, Func<AdminService.AdminServiceClient, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var name = _staff.Name(parsed);
        var address = _staff.Address(parsed);
        using var channel = _staff.Open(parsed);
        try
        {
            return await call(new AdminService.AdminServiceClient(channel), cancellationToken);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.PermissionDenied)
        {
            throw new CommandFailure(ExitCode.Refused, $"{name} may not do this", "staff.yaml gives each person's roles; name another person with --as");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unauthenticated)
        {
            throw new CommandFailure(ExitCode.CannotConnect, $"the gateway does not know {name} as staff", "staff.yaml lists the SPIFFE ID of each person's certificate");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable && e.Status.DebugException is not null)
        {
            throw new CommandFailure(
                ExitCode.CannotConnect, $"cannot connect to {address} as {name}: {Innermost(e.Status.DebugException).Message}",
                "is the gateway up, and is the certificate of the staff authority? `gateway certs inspect` tells");
        }
        catch (RpcException e)
        {
            throw new CommandFailure(ExitCode.Refused, e.Status.Detail);
        }
    }

    /// <summary>Tells what an act did, as data when asked for it.</summary>
    public static void Print(OutputFormat format, string target, string done, Change change)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, [new { target, change.Changed, change.Receipt, change.ConnectionsCut, change.Kept }], [], _ => []);
            return;
        }

        Output.Data(change.Changed ? $"{target} {done}; {change.ConnectionsCut} connections cut; receipt {(change.Receipt.Length > 0 ? change.Receipt : "none")}" : $"{target} was so already");
        if (change.Changed && change.Receipt.Length == 0)
        {
            Output.Note("The disclosure log could not take the record. It is in force all the same; tell the operator.");
        }

        if (!change.Kept)
        {
            Output.Note("It could not be stored, and is in force only until the gateway stops. Mend the data folder and repeat it.");
        }
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
