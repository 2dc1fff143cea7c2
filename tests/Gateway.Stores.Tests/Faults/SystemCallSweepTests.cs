using System.Globalization;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Faults;

/// <summary>
/// Each system call with which the log opens, commits, checkpoints and closes fails once with EIO, once with ENOSPC, and kills the process
/// once; whatever was acknowledged is in the log, and the log goes on. <c>GATEWAY_SWEEP</c> says how many of them, drawn by chance; 150
/// where it does not.
/// </summary>
public sealed class SystemCallSweepTests(ITestOutputHelper output)
{
    private static readonly string[] s_calls = ["openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink"];
    private static readonly string[] s_faults = ["error=EIO", "error=ENOSPC", "signal=SIGKILL"];
    private static readonly int s_size = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_SWEEP") ?? "150", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Append_AnySystemCallFails_NothingAcknowledgedIsLost()
    {
        var cases = new List<Case>();
        foreach (var phase in FaultChild.Phases.Keys)
        {
            foreach (var exists in (bool[])[false, true])
            {
                var counts = await RunAsync(new Case(phase, exists, "", 0, ""), (_, _) => { });
                output.WriteLine("{0}, {1}: {2}", phase, exists ? "of a killed process" : "new", string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}")));
                cases.AddRange(counts.SelectMany(c => Enumerable.Range(1, c.Value).SelectMany(n => s_faults.Select(f => new Case(phase, exists, c.Key, n, f)))));
            }
        }

        cases.Count.ShouldBeGreaterThan(1000);
        var seed = Random.Shared.Next();
        var chosen = Sample([.. cases], new Random(seed));
        var violations = new List<string>();
        var struck = 0;
        await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (fault, _) => await RunAsync(fault, (violation, hit) =>
        {
            lock (violations)
            {
                struck += hit ? 1 : 0;
                if (violation is not null)
                {
                    violations.Add($"{fault}: {violation}");
                }
            }
        }));

        output.WriteLine("{0} of {1} faults, {2} of them struck, seed {3}, {4} violations", chosen.Count, cases.Count, struck, seed, violations.Count);
        violations.ShouldBeEmpty();
        // A batch that had to wait is one instead of two: the last instances may not come.
        struck.ShouldBeGreaterThan(chosen.Count * 9 / 10);
    }

    // Those that open, commit and close are few; those of a log that writes much, and checkpoints, are many and alike: a third of the sample.
    private static List<Case> Sample(Case[] cases, Random random)
    {
        random.Shuffle(cases);
        var many = cases.Where(c => c.Phase == "bulk").Take(s_size / 3).ToList();
        return [.. many, .. cases.Where(c => c.Phase != "bulk").Take(s_size - many.Count)];
    }

    private static async Task<Dictionary<string, int>> RunAsync(Case fault, Action<string?, bool> done)
    {
        using var beside = new TemporaryFolder();
        using var disk = fault.Phase == "reserve" ? new SmallDisk() : null;
        var folder = disk is null ? Path.GetFullPath(beside["log"]) : Path.GetDirectoryName(disk["log.db"])!;
        Directory.CreateDirectory(folder);
        var (path, journal, trace) = (Path.Combine(folder, "log.db"), beside["journal"], beside["trace"]);
        if (fault.Exists)
        {
            await LeaveBehindAsync(folder);
        }

        using var child = ChildProcess.Start([], folder, journal, fault.Phase);
        var thread = await child.StoppedAsync(FaultChild.Phases[fault.Phase]);
        string[] files = [folder, path, path + "-wal", path + "-journal", path + "-shm", path + ".lock", LogFile.ReserveOf(path)];
        using var strace = await Strace.AttachAsync(
            thread,
            trace,
            [
                "-e", "trace=" + string.Join(',', s_calls), .. files.SelectMany(f => (string[])["-P", f]),
                .. fault.Call.Length > 0 ? (string[])["-e", string.Create(CultureInfo.InvariantCulture, $"inject={fault.Call}:{fault.Fault}:when={fault.Number}")] : [],
            ]);
        await child.EndAsync();
        await strace.WaitForExitAsync(TestContext.Current.CancellationToken);

        var lines = await File.ReadAllLinesAsync(trace, TestContext.Current.CancellationToken);
        var hit = lines.Any(l => l.Contains("(INJECTED)", StringComparison.Ordinal) || l.Contains("killed by SIGKILL", StringComparison.Ordinal));
        disk?.Free();
        done(await RecoveredLog.FaultAsync(path, [.. child.Promised]), hit);
        return s_calls.ToDictionary(c => c, c => lines.Count(l => l.StartsWith(c + "(", StringComparison.Ordinal)), StringComparer.Ordinal);
    }

    // A log and its write-ahead log as a killed process leaves them.
    private static async Task LeaveBehindAsync(string folder)
    {
        using var made = new TemporaryFolder();
        using (var log = SqliteDisclosureLog.Open(made["log.db"], RecoveredLog.Options, NullLogger<SqliteDisclosureLog>.Instance))
        {
            for (var i = 0; i < 5; i++)
            {
                // Numbers that the child does not use.
                await log.AppendAsync(NumberedLeaf.Of(NumberedLeaf.After - 100 + i, NumberedLeaf.MixedSize(i)), scope: null);
            }

            foreach (var file in (string[])["log.db", "log.db-wal", "log.reserve"])
            {
                File.Copy(made[file], Path.Combine(folder, file));
            }
        }
    }

    private sealed record Case(string Phase, bool Exists, string Call, int Number, string Fault);
}
