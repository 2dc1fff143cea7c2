using System.CommandLine;
using Gateway.Commands.Log;
using Grpc.Core;

namespace Gateway.Commands;

/// <summary>One service of the staff listener, called as a member of staff: the options that its commands share, and what its failures mean to the user.</summary>
/// <param name="usually">Who does this in the demo's shop.</param>
/// <param name="mayNot">What is said, after the name, to somebody whose roles do not allow it.</param>
/// <param name="open">Makes the service's client.</param>
internal abstract class StaffClient<TClient>(string usually, string mayNot, Func<ChannelBase, TClient> open)
{
    private readonly Option<OutputFormat> _format = CommonOptions.Format();
    private readonly StaffOptions _staff = new(usually);

    /// <summary>The format asked for.</summary>
    public OutputFormat Format(ParseResult parsed) => parsed.GetValue(_format);

    /// <exception cref="CommandFailure">The gateway could not be reached, or said no.</exception>
    public async Task<T> RunAsync<T>(ParseResult parsed, Func<TClient, Task<T>> call)
    {
        using var channel = _staff.Open(parsed);
        return await ExplainedCall.RunAsync($"{_staff.Name(parsed)} {mayNot}", () => call(open(channel)));
    }

    /// <summary>As the other, for one answer.</summary>
    /// <exception cref="CommandFailure">The gateway could not be reached, or said no.</exception>
    public Task<T> RunAsync<T>(ParseResult parsed, Func<TClient, AsyncUnaryCall<T>> call) =>
        RunAsync(parsed, client => call(client).ResponseAsync);

    /// <summary>Adds the options to a command.</summary>
    protected void AddOptions(Command command)
    {
        command.Options.Add(_format);
        _staff.AddTo(command);
    }
}
