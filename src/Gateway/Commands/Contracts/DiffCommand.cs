using System.CommandLine;
using Gateway.Core.Contracts.Comparison;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts diff</c>: what changes between two sets of contracts, widening first, in words.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var before = new Argument<string>("A") { Description = "A folder, the first digits of a revision, or in-force." };
        var after = new Argument<string>("B") { Description = "The same, for what comes after." };
        var fail = new Option<bool>("--fail-on-widening") { Description = "Exit code 4 where anything widens: for a review's pipeline." };
        var format = CommonOptions.Format();
        var source = new ContractSource();
        var command = new Command("diff", "Tell what partners gain and lose between two sets of contracts. Example: gateway contracts diff in-force ./contracts-new")
        {
            before, after, fail, format,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (a, b) = (parsed.GetRequiredValue(before), parsed.GetRequiredValue(after));
            var changes = SnapshotComparison.Of(
                ContractSource.Compile(await source.ReadAsync(parsed, a, cancellationToken), a),
                ContractSource.Compile(await source.ReadAsync(parsed, b, cancellationToken), b));
            Output.Rows(
                parsed.GetValue(format),
                changes.Select(c => new Line(c.Kind.ToString().ToLowerInvariant(), c.Partner, c.Text)).ToArray(),
                ["", "what changes"], l => [l.Kind, $"{l.Partner} {l.Text}".TrimStart()]);
            Output.Note($"{changes.Count(c => c.Kind == ChangeKind.Widening)} widening, {changes.Count(c => c.Kind == ChangeKind.Narrowing)} narrowing, "
                + $"{changes.Count(c => c.Kind == ChangeKind.Other)} other changes");
            return parsed.GetValue(fail) && changes.Any(c => c.Kind == ChangeKind.Widening) ? ExitCode.CheckFailed : ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A change as JSON.</summary>
    private sealed record Line(string Kind, string Partner, string Text);
}
