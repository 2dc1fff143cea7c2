using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Stores.Tests.Faults;

/// <summary>
/// From one record of a process's system calls: each acknowledgement is written after a sync returned that began after the leaf was
/// written. <c>GATEWAY_ANSWERS</c> says over how many; 50,000 where it does not.
/// </summary>
public sealed partial class SyncOrderTests(ITestOutputHelper output)
{
    private static readonly int s_answers =
        int.Parse(Environment.GetEnvironmentVariable("GATEWAY_ANSWERS") ?? "50000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Append_UnderLoad_IsAcknowledgedAfterTheSyncThatCoversIt()
    {
        using var folder = new TemporaryFolder();
        var (wal, journal, trace) = (Path.GetFullPath(folder["log.db-wal"]), Path.GetFullPath(folder["journal"]), folder["trace"]);
        using (var child = ChildProcess.Start(
            Strace.Command(trace, "-y", "-s", "5000", "-e", "trace=pwrite64,pwritev,write,fsync,fdatasync", "-P", wal, "-P", journal),
            folder["."], journal, "order", s_answers.ToString(CultureInfo.InvariantCulture)))
        {
            await child.SucceedAsync();
            child.Promised.Count.ShouldBe(s_answers);
        }

        var (written, syncs) = (new Dictionary<int, int>(), new List<SystemCall>());
        var (acknowledged, violations) = (0, new List<string>());
        foreach (var call in SystemCallTrace.Read(trace))
        {
            var toWal = call.Arguments.Contains(wal, StringComparison.Ordinal);
            if (call.Name is "fsync" or "fdatasync")
            {
                call.Result.ShouldBe(0);
                syncs.Add(call);
            }
            else if (toWal)
            {
                foreach (Match leaf in Leaf().Matches(call.Arguments))
                {
                    written.TryAdd(int.Parse(leaf.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), call.Ended);
                }
            }
            else
            {
                var number = int.Parse(Acknowledged().Match(call.Arguments).Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
                acknowledged++;
                if (!written.TryGetValue(number, out var at) || !syncs.TakeLast(10).Any(sync => sync.Begun > at && sync.Ended < call.Begun))
                {
                    violations.Add($"{number}: written at line {at}, acknowledged at {call.Begun}");
                }
            }
        }

        output.WriteLine("{0} acknowledgements, {1} syncs, {2} violations", acknowledged, syncs.Count, violations.Count);
        violations.ShouldBeEmpty();
        acknowledged.ShouldBe(s_answers);
        syncs.Count.ShouldBeGreaterThan(s_answers / 100);
    }

    [GeneratedRegex(@"<L(?<number>\d+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Leaf();

    [GeneratedRegex(@"""(?<number>\d+)\\n""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Acknowledged();
}
