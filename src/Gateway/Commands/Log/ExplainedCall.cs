using Grpc.Core;

namespace Gateway.Commands.Log;

/// <summary>What the failures of a call to the staff listener mean to the one who made it.</summary>
internal static class ExplainedCall
{
    /// <param name="readers">Whose it is, where the caller may not.</param>
    /// <param name="call">The call.</param>
    /// <param name="ifDown">What can be done without the gateway; empty where nothing can.</param>
    /// <exception cref="CommandFailure">It failed.</exception>
    public static async Task<T> RunAsync<T>(string readers, Func<Task<T>> call, string ifDown = "")
    {
        try
        {
            return await call();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
        {
            throw new OperationCanceledException(e.Status.Detail, e);
        }
        catch (RpcException e)
        {
            throw e.StatusCode switch
            {
                StatusCode.InvalidArgument => new CommandFailure(ExitCode.Usage, e.Status.Detail),
                StatusCode.NotFound => new CommandFailure(ExitCode.CheckFailed, e.Status.Detail),
                StatusCode.FailedPrecondition => new CommandFailure(ExitCode.Refused, e.Status.Detail),
                // With no exception of this side, the gateway itself has said so.
                StatusCode.Unavailable when e.Status.DebugException is null => new CommandFailure(ExitCode.Refused, e.Status.Detail),
                StatusCode.PermissionDenied => new CommandFailure(ExitCode.Refused, readers, "name another certificate with --as"),
                StatusCode.Unauthenticated => new CommandFailure(
                    ExitCode.CannotConnect, "The gateway does not accept this staff certificate.", "name another with --as"),
                _ => new CommandFailure(
                    ExitCode.CannotConnect, $"The staff listener did not answer: {e.Status.Detail}",
                    $"is the gateway running, and --gateway its staff address?{(ifDown.Length > 0 ? $" If it is down, {ifDown}" : "")}"),
            };
        }
    }
}
