using System.Diagnostics;
using System.Text;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log;

/// <summary>A process is killed under load; whatever it promised is in the log.</summary>
public sealed class KilledLogTests
{
    [Fact]
    public async Task Append_ProcessKilledUnderLoad_EveryAcknowledgedLeafIsThere()
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 1; round <= 3; round++)
        {
            acknowledged.UnionWith(await RunAndKillAsync("child-append", folder["log.db"], leaves: 500 * round));
            using var reader = SqliteLogReader.Open(folder["log.db"]);

            var leaves = await reader.ReadAsync(0, int.MaxValue, TestContext.Current.CancellationToken);

            leaves.Select(l => l.Index).ShouldBe(Enumerable.Range(0, leaves.Count).Select(i => (long)i));
            acknowledged.ExceptWith(leaves.Select(l => Encoding.ASCII.GetString(l.Bytes)));
            acknowledged.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Disclose_ProcessKilledUnderLoad_EveryPseudonymInTheLogHasItsKey()
    {
        using var folder = new TemporaryFolder();
        await RunAndKillAsync("child-disclose", folder[""], leaves: 1000);
        var master = MasterKeyFile.OpenOrCreate(folder["master.key"], folder["subjects.db"]);
        using var keys = SqliteSubjectKeys.Open(
            folder["subjects.db"], master, new SubjectKeyOptions(), NullLogger<SqliteSubjectKeys>.Instance);
        using var reader = SqliteLogReader.Open(folder["log.db"]);

        var leaves = await reader.ReadAsync(0, int.MaxValue, TestContext.Current.CancellationToken);

        leaves.Count.ShouldBeGreaterThanOrEqualTo(1000);
        foreach (var parts in leaves.Select(l => Encoding.ASCII.GetString(l.Bytes).Split(' ')))
        {
            (await keys.FindAsync(parts[0])).ShouldNotBeNull().Pseudonym.ToString().ShouldBe(parts[1]);
        }
    }

    private static async Task<IReadOnlyList<string>> RunAndKillAsync(string role, string path, int leaves)
    {
        var self = Path.ChangeExtension(typeof(KilledLogTests).Assembly.Location, extension: null);
        using var child = Process.Start(new ProcessStartInfo(self, [role, path])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        try
        {
            var seen = new List<string>();
            while (seen.Count < leaves && await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                seen.Add(line);
            }

            child.Kill();
            // What it told before it died still lies in the pipe; its last line may be torn.
            var rest = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            seen.AddRange(rest.Split('\n')[..^1]);
            seen.Count.ShouldBeGreaterThanOrEqualTo(leaves);
            return seen;
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
        }
    }
}
