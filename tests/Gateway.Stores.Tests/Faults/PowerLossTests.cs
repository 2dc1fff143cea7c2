using System.Globalization;

namespace Gateway.Stores.Tests.Faults;

/// <summary>
/// The power fails, at a sync's boundary or anywhere, in the life of a log that is made, written, closed, opened again and written with a
/// full disk: with all, none, a random or a torn part of what was not yet synced, nothing acknowledged is lost. <c>GATEWAY_POWER_LOSSES</c>
/// says how often; 1,000 where it does not.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private static readonly int s_losses =
        int.Parse(Environment.GetEnvironmentVariable("GATEWAY_POWER_LOSSES") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Append_PowerFailsAtAnyTime_NothingAcknowledgedIsLost()
    {
        var history = await RecordAsync();
        var boundaries = history.Boundaries;
        var seed = Random.Shared.Next();
        var (violations, pending, most) = (new List<string>(), 0L, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, s_losses), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (number, _) =>
        {
            var random = new Random(unchecked(seed + (number * 7919)));
            var line = number % 5 == 4 ? random.Next(history.Lines + 1) : boundaries[random.Next(boundaries.Count)];
            var kind = number % 4;
            IPowerLoss loss = kind switch
            {
                0 => new WholePowerLoss(keeps: true),
                1 => new WholePowerLoss(keeps: false),
                _ => new RandomPowerLoss(random, torn: kind == 3),
            };
            var folder = Directory.CreateDirectory(Path.Combine(Disk, $"gateway-{Guid.NewGuid():N}"));
            try
            {
                var open = history.Write(folder.FullName, line, loss);
                var promised = history.PromisedAt(line);
                var violation = await RecoveredLog.FaultAsync(Path.Combine(folder.FullName, "log.db"), promised);
                lock (violations)
                {
                    (pending, most) = (pending + open, Math.Max(most, promised.Count));
                    if (violation is not null)
                    {
                        violations.Add($"line {line}, kind {kind}, number {number}: {violation}");
                    }
                }
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });

        output.WriteLine(
            "{0} states of {1} syncs, {2:0.0} changes pending on average, up to {3} acknowledged leaves, seed {4}, {5} violations",
            s_losses, boundaries.Count / 2, pending / (double)s_losses, most, seed, violations.Count);
        violations.ShouldBeEmpty();
        most.ShouldBeGreaterThan(100);
    }

    // States live for a moment: in memory where there is such a file system.
    private static string Disk => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static async Task<DiskHistory> RecordAsync()
    {
        using var disk = new SmallDisk();
        using var beside = new TemporaryFolder();
        var (folder, journal, trace) = (Path.GetDirectoryName(disk["log.db"])!, Path.GetFullPath(beside["journal"]), beside["trace"]);
        string[] files = [folder, disk["log.db"], disk["log.db-wal"], disk["log.db-journal"], disk["log.reserve"], journal];
        using var child = ChildProcess.Start(
            Strace.Command(
                trace,
                ["-xx", "-s", "100000", "-e", "trace=openat,pwrite64,pwritev,ftruncate,fallocate,unlink,unlinkat,rename,fsync,fdatasync", .. files.SelectMany(f => (string[])["-P", f])]),
            folder, journal, "life");
        await child.SucceedAsync();
        return DiskHistory.Read(trace, folder, journal);
    }
}
