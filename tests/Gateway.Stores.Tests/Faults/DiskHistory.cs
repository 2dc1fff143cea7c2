using System.Globalization;

namespace Gateway.Stores.Tests.Faults;

/// <summary>
/// What a process did to the files of one folder, from its system calls, and what of it the disk can hold if the power fails at a line of
/// that record: all that a returned sync covers, and any part of the rest. A name is on the disk once its folder was synced.
/// </summary>
internal sealed class DiskHistory
{
    private const int Folder = -1;

    private readonly List<Change> _changes = [];
    private readonly List<(int File, SystemCall Call)> _syncs = [];
    private readonly List<(int Line, int Number)> _promises = [];

    /// <summary>Lines just before and just after each sync.</summary>
    public IReadOnlyList<int> Boundaries => [.. _syncs.SelectMany(s => (int[])[s.Call.Begun - 1, s.Call.Ended])];

    public int Lines { get; private set; }

    /// <param name="trace">Written with <c>-f -xx</c> and a length that cuts nothing.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="journal">The file of acknowledgements.</param>
    public static DiskHistory Read(string trace, string folder, string journal)
    {
        var history = new DiskHistory();
        var open = new Dictionary<int, int>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var files = 0;
        const int journalFile = -2;
        foreach (var call in SystemCallTrace.Read(trace).Where(c => c.Result >= 0))
        {
            history.Lines = call.Ended;
            switch (call.Name)
            {
                case "openat":
                    var path = Text(call.Arguments);
                    if (path == folder || path == journal)
                    {
                        open[(int)call.Result] = path == folder ? Folder : journalFile;
                        break;
                    }

                    if (!names.TryGetValue(path, out var file))
                    {
                        names[path] = file = files++;
                        history._changes.Add(new Change.Name(call, Path.GetFileName(path), file));
                    }

                    call.Arguments.ShouldNotContain("O_TRUNC");
                    open[(int)call.Result] = file;
                    break;
                case "unlink":
                    names.Remove(Text(call.Arguments));
                    history._changes.Add(new Change.Name(call, Path.GetFileName(Text(call.Arguments)), null));
                    break;
                case "pwrite64" when open[call.Descriptor] == journalFile:
                    history._promises.Add((call.Begun, int.Parse(Text(call.Arguments), CultureInfo.InvariantCulture)));
                    break;
                case "pwrite64":
                    // A full disk takes less than it was given.
                    var bytes = Bytes(call.Arguments)[..(int)call.Result];
                    history._changes.Add(new Change.Write(call, open[call.Descriptor], LastNumber(call), bytes));
                    break;
                case "ftruncate":
                    history._changes.Add(new Change.Truncate(call, open[call.Descriptor], LastNumber(call)));
                    break;
                case "fsync" or "fdatasync":
                    history._syncs.Add((open[call.Descriptor], call));
                    break;
                default:
                    throw new InvalidOperationException($"{call.Name} is not understood");
            }
        }

        return history;
    }

    /// <summary>Numbers that were acknowledged, or about to be, at a line.</summary>
    public IReadOnlyCollection<int> PromisedAt(int line) => [.. _promises.Where(p => p.Line <= line).Select(p => p.Number)];

    /// <summary>Puts the files as they can stand after a loss of power into an empty folder. Gives how many changes were pending.</summary>
    public int Write(string folder, int line, IPowerLoss loss)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var images = new Dictionary<int, FileImage>();
        var pending = 0;
        foreach (var change in _changes.TakeWhile(c => c.Call.Begun <= line))
        {
            var durable = _syncs.Exists(s => s.File == change.On && s.Call.Begun > change.Call.Ended && s.Call.Ended <= line);
            pending += durable ? 0 : 1;
            switch (change)
            {
                case Change.Name name when durable || loss.Keeps():
                    if (name.File is { } file)
                    {
                        names[name.Text] = file;
                    }
                    else
                    {
                        names.Remove(name.Text);
                    }

                    break;
                case Change.Truncate truncate when durable || loss.Keeps():
                    Image(truncate.On).Truncate(truncate.Length);
                    break;
                case Change.Write write when durable:
                    Image(write.On).Write(write.Offset, write.Bytes);
                    break;
                case Change.Write write:
                    loss.Write(Image(write.On), write.Offset, write.Bytes);
                    break;
                default:
                    break;
            }
        }

        foreach (var (name, file) in names)
        {
            Image(file).Save(Path.Combine(folder, name));
        }

        return pending;

        FileImage Image(int file) => images.TryGetValue(file, out var image) ? image : images[file] = new FileImage();
    }

    private static string Text(string arguments) => System.Text.Encoding.UTF8.GetString(Bytes(arguments));

    // The first text in quotes, each byte as \x and two digits.
    private static byte[] Bytes(string arguments)
    {
        var begin = arguments.IndexOf('"', StringComparison.Ordinal) + 1;
        var end = arguments.IndexOf('"', begin);
        return Convert.FromHexString(arguments[begin..end].Replace("\\x", "", StringComparison.Ordinal));
    }

    private static long LastNumber(SystemCall call) => long.Parse(call.Arguments.AsSpan(call.Arguments.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);

    /// <param name="Call">The system call.</param>
    /// <param name="On">The file, or the folder, whose sync makes it durable.</param>
    private abstract record Change(SystemCall Call, int On)
    {
        public sealed record Name(SystemCall Call, string Text, int? File) : Change(Call, Folder);

        public sealed record Write(SystemCall Call, int On, long Offset, byte[] Bytes) : Change(Call, On);

        public sealed record Truncate(SystemCall Call, int On, long Length) : Change(Call, On);
    }
}
