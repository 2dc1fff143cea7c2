using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Trace;

/// <summary><c>gateway trace list</c>: recent calls, newest first.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var partner = new Option<string>("--partner") { Description = "Only calls of this partner." };
        var decision = new Option<string>("--decision") { Description = "Only calls that were: released, refused or failed." };
        decision.AcceptOnlyFromAmong("released", "refused", "failed");
        var slower = new Option<double?>("--slower-than") { Description = "Only calls that took longer, in milliseconds." };
        slower.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is not (null or (>= 0 and <= 1e9)))
            {
                result.AddError("--slower-than takes 0 to 1,000,000,000 milliseconds");
            }
        });
        var limit = new Option<int>("--limit") { Description = "At most this many, 1 to 1,000.", DefaultValueFactory = _ => 50 };
        var format = CommonOptions.Format();
        var client = new TraceClient();
        var command = new Command("list", "List recent calls, newest first. Example: gateway trace list --decision refused --slower-than 5")
        {
            partner, decision, slower, limit, format,
        };
        client.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ListTracesRequest
            {
                PageSize = parsed.GetValue(limit),
                Partner = parsed.GetValue(partner) ?? "",
                Outcome = Parse(parsed.GetValue(decision)),
                SlowerThan = parsed.GetValue(slower) is { } ms ? Duration.FromTimeSpan(TimeSpan.FromMilliseconds(ms)) : null,
            };
            var response = await client.AskAsync(parsed, c => c.ListTracesAsync(request, cancellationToken: cancellationToken));
            Output.Rows(
                parsed.GetValue(format), response.Traces.Select(CallLine.Of).ToArray(),
                ["time", "trace", "partner", "method", "decision", "ms"],
                c => [c.StartTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), c.Trace, c.Partner, c.Method, c.Why, c.Milliseconds]);
        });
        return command;
    }

    private static Outcome Parse(string? decision) => decision switch
    {
        "released" => Outcome.Released,
        "refused" => Outcome.Refused,
        "failed" => Outcome.Failed,
        _ => Outcome.Unspecified,
    };

    /// <summary>A call as JSON.</summary>
    private sealed record CallLine(
        string Trace, string? Receipt, string Partner, string Method, string? Purpose, string Decision, string? Refusal, DateTime StartTime,
        double DurationMs)
    {
        internal string Why => Refusal is null ? Decision : $"{Decision} {Refusal}";

        internal string Milliseconds => DurationMs.ToString("0.000", CultureInfo.InvariantCulture);

        public static CallLine Of(TraceSummary call) => new(
            call.Trace, NullIfEmpty(call.Receipt), call.Partner, call.Method, NullIfEmpty(call.Purpose),
            call.Outcome.ToString().ToLowerInvariant(), NullIfEmpty(call.Refusal), call.StartTime.ToDateTime(),
            call.Duration.ToTimeSpan().TotalMilliseconds);

        private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
    }
}
