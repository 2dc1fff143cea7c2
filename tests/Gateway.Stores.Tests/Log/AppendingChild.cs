using System.Text;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Stores.Tests.Log;

/// <summary>Appends with 32 in flight until it is killed, and tells on stdout each leaf whose promise was kept.</summary>
internal static class AppendingChild
{
    /// <summary>Each leaf is a text that no other leaf is.</summary>
    public static async Task RunAsync(string path)
    {
        using var log = SqliteDisclosureLog.Open(path, new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        await ForEverAsync(log, text => Task.FromResult(text));
    }

    /// <summary>Each leaf is a subject of its own and the pseudonym of its new key.</summary>
    public static async Task DiscloseAsync(string folder)
    {
        var store = Path.Combine(folder, "subjects.db");
        using var log = SqliteDisclosureLog.Open(
            Path.Combine(folder, "log.db"), new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        using var keys = SqliteSubjectKeys.Open(
            store, MasterKeyFile.OpenOrCreate(Path.Combine(folder, "master.key"), store), new SubjectKeyOptions(),
            NullLogger<SqliteSubjectKeys>.Instance);
        await ForEverAsync(log, async text => $"{text} {(await keys.GetOrAddAsync(text)).Pseudonym}");
    }

    private static async Task ForEverAsync(SqliteDisclosureLog log, Func<string, Task<string>> leaf)
    {
        await using var stdout = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async worker =>
        {
            for (var i = 0; ; i++)
            {
                var text = await leaf($"{Environment.ProcessId}-{worker}-{i}");
                await log.AppendAsync(Encoding.ASCII.GetBytes(text), scope: null);
                lock (gate)
                {
                    stdout.Write(Encoding.ASCII.GetBytes(text + "\n"));
                }
            }
        }));
    }
}
