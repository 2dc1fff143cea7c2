using System.Text;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Stores.Tests.Log;

/// <summary>Appends with 32 in flight until it is killed, and tells on stdout each leaf whose promise was kept.</summary>
internal static class AppendingChild
{
    public static async Task RunAsync(string path)
    {
        using var log = SqliteDisclosureLog.Open(path, new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        await using var stdout = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async worker =>
        {
            for (var i = 0; ; i++)
            {
                var text = $"{Environment.ProcessId}-{worker}-{i}";
                await log.AppendAsync(Encoding.ASCII.GetBytes(text), scope: null);
                lock (gate)
                {
                    stdout.Write(Encoding.ASCII.GetBytes(text + "\n"));
                }
            }
        }));
    }
}
