using System.Globalization;
using System.Text;
using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Stores.Tests.Faults;

/// <summary>
/// A process that appends numbered leaves and writes the number of each whose promise was kept into a journal. It stops at the point
/// that its phase names, says "ready", and goes on when it reads a byte: meanwhile somebody may trace the thread that comes next.
/// </summary>
internal sealed class FaultChild(string folder, string journal, string phase) : IDisposable
{
    /// <summary>Phases that stop, and the thread that goes on: opening, committing small leaves, committing much, with a full disk, closing.</summary>
    public static IReadOnlyDictionary<string, string> Phases { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["open"] = "opening",
        ["commit"] = "disclosure log",
        ["bulk"] = "disclosure log",
        ["reserve"] = "disclosure log",
        ["close"] = "closing",
    };

    private readonly Lock _gate = new();
    private readonly FileStream _journal = new(journal, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private SqliteDisclosureLog? _log;
    private int _next;

    /// <param name="arguments">Folder, journal, phase; how many leaves.</param>
    public static async Task RunAsync(string[] arguments)
    {
        using var child = new FaultChild(arguments[0], arguments[1], arguments[2]);
        switch (arguments[2])
        {
            case "order":
                await child.AppendManyAsync(int.Parse(arguments[3], CultureInfo.InvariantCulture));
                break;
            case "life":
                await child.LiveAsync();
                break;
            default:
                await child.StopAndGoAsync();
                break;
        }
    }

    public void Dispose()
    {
        _log?.Dispose();
        _journal.Dispose();
    }

    private async Task StopAndGoAsync()
    {
        OnThread("opening", Open);
        _next = (int)_log!.Head;
        if (phase == "reserve")
        {
            await FillAsync();
            Stop();
            for (var i = 0; i < 3; i++)
            {
                await TryAsync(number => _log.AppendRefusalsAsync(NumberedLeaf.Of(number, 200)));
            }

            File.Delete(Path.Combine(folder, "ballast"));
        }

        if (phase is "commit" or "bulk")
        {
            Stop();
        }

        for (var i = 0; i < (phase == "bulk" ? 75 : phase == "commit" ? 12 : 3); i++)
        {
            await TryAppendAsync(phase == "bulk" ? 60_000 : NumberedLeaf.MixedSize(_next));
        }

        OnThread("closing", () => _log.Dispose());
    }

    private async Task AppendManyAsync(int count)
    {
        Open();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            while (Interlocked.Increment(ref _next) is var number && number <= count)
            {
                await _log!.AppendAsync(NumberedLeaf.Of(number, 40), scope: null);
                Acknowledge(number);
            }
        }));
    }

    // Everything that happens to a log's files: made, written, closed, opened again, written with the disk full, written again.
    private async Task LiveAsync()
    {
        for (var life = 0; life < 3; life++)
        {
            Open();
            for (var i = 0; i < 10; i++)
            {
                await AppendTogetherAsync(3, number => _log!.AppendAsync(NumberedLeaf.Of(number, NumberedLeaf.MixedSize(number)), scope: null));
            }

            if (life > 0)
            {
                await FillAsync();
                await AppendTogetherAsync(4, number => _log!.AppendRefusalsAsync(NumberedLeaf.Of(number, 200)));
                await AppendTogetherAsync(4, number => _log!.AppendRefusalsAsync(NumberedLeaf.Of(number, 200)));
                File.Delete(Path.Combine(folder, "ballast"));
                await AppendTogetherAsync(10, number => _log!.AppendAsync(NumberedLeaf.Of(number, 100), scope: null));
            }

            _log!.Dispose();
        }
    }

    private async Task AppendTogetherAsync(int count, Func<int, ValueTask> append) => await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
    {
        var number = Interlocked.Increment(ref _next);
        await append(number);
        Acknowledge(number);
    }));

    // A failed batch can leave room in the write-ahead log: full is when the smallest leaf finds none.
    private async Task FillAsync()
    {
        using (var ballast = File.OpenWrite(Path.Combine(folder, "ballast")))
        {
            try
            {
                while (true)
                {
                    RandomAccess.Write(ballast.SafeFileHandle, new byte[4096], ballast.Length);
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }

        while (await TryAppendAsync(100))
        {
        }
    }

    private Task<bool> TryAppendAsync(int size) => TryAsync(number => _log!.AppendAsync(NumberedLeaf.Of(number, size), scope: null));

    private async Task<bool> TryAsync(Func<int, ValueTask> append)
    {
        var number = Interlocked.Increment(ref _next);
        try
        {
            await append(number);
            Acknowledge(number);
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }

    private void Open() => _log = SqliteDisclosureLog.Open(
        Path.Combine(folder, "log.db"), RecoveredLog.Options, NullLogger<SqliteDisclosureLog>.Instance);

    private void Acknowledge(int number)
    {
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n"));
        lock (_gate)
        {
            _journal.Write(line);
        }
    }

    private void OnThread(string name, Action act)
    {
        var thread = new Thread(() =>
        {
            if (Phases.GetValueOrDefault(phase) == name)
            {
                Stop();
            }

            act();
        })
        { Name = name };
        thread.Start();
        thread.Join();
    }

    private static void Stop()
    {
        using var stdout = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        stdout.Write("ready\n"u8);
        using var stdin = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        _ = stdin.ReadByte();
    }
}
