using System.CommandLine;
using System.Runtime.CompilerServices;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Services;
using Gateway.Stores;
using Gateway.Stores.Notes;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Tree;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Commands.Log;

/// <summary>
/// Reads the files of a gateway that is down. Refused while one runs on them: it has a staff listener, with roles. Recorded in the
/// log first, as <c>log.break-glass</c> with the reason and the account of the operating system; where the log cannot be written, it
/// says so and reads on, because a broken log is what this is for.
/// </summary>
internal sealed class BreakGlass(DirectoryInfo data, string reason)
{
    private const int LongestReason = 500;
    private const int Block = 1000;

    private const string LogVariable = "Gateway__Log__ConnectionString";

    private readonly DataFolder _folder = FolderOf(data);

    /// <summary>The gateway's files; the log's where the setting says that it is, as the gateway itself reads it from the environment.</summary>
    public static DataFolder FolderOf(DirectoryInfo data) => Environment.GetEnvironmentVariable(LogVariable) is { Length: > 0 } named
        ? new DataFolder(data.FullName) { Log = new SqliteConnectionStringBuilder(named).DataSource }
        : new DataFolder(data.FullName);

    public static Option<DirectoryInfo> Data() => new("--data")
    {
        Description = "Break-glass: read the files in this folder, of a gateway that is down; the log too, unless Gateway__Log__ConnectionString names it. Needs --reason; is recorded.",
    };

    public static Option<string> Reason() => new("--reason") { Description = "Why the files are read past the gateway." };

    /// <summary>The reading that the options ask for; null where they ask for the staff listener.</summary>
    /// <exception cref="CommandFailure">One option without the other, or no reason worth the name.</exception>
    public static BreakGlass? From(DirectoryInfo? data, string? reason)
    {
        if (data is null && reason is null)
        {
            return null;
        }

        if (data is null || string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason || reason.Any(char.IsControl))
        {
            throw new CommandFailure(
                ExitCode.Usage, "Break-glass needs both --data DIR and --reason TEXT, one line of up to 500 characters.",
                "without either, the log is read through the staff listener");
        }

        return new BreakGlass(data, reason);
    }

    /// <summary>The log as tiles, with the checkpoint that is kept beside it.</summary>
    /// <param name="act">What is done with them, as it is recorded.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<OpenedLog> OpenTiledAsync(string act, CancellationToken cancellationToken)
    {
        EnsureLog();
        await RecordAsync(act);
        SqliteTree? tree = null;
        try
        {
            tree = SqliteTree.Open(_folder.LogTree);
            var reader = OpenReader();
            return new OpenedLog(new StoreTiledLog(tree, reader), tree, reader)
            {
                OwnKeys = File.Exists(_folder.LogVerifierKeys)
                    ? [.. File.ReadAllLines(_folder.LogVerifierKeys).Select(k => NoteVerifier.TryParse(k, out var key) ? key : null).OfType<NoteVerifier>()]
                    : null,
                Head = await reader.GetHeadAsync(cancellationToken),
                Kept = new CheckpointFile(_folder.Checkpoint).Read(),
            };
        }
        catch (StoreException e)
        {
            tree?.Dispose();
            throw new CommandFailure(ExitCode.CheckFailed, e.Message);
        }
    }

    /// <summary>Matching entries, newest first, found by reading every leaf.</summary>
    public async IAsyncEnumerable<LoggedEntry> QueryAsync(
        EntryFilter asked, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        EnsureLog();
        if (asked.Lookup.Length > 0)
        {
            throw new CommandFailure(ExitCode.Usage, "--lookup asks the source, which only a running gateway can.", "use --subject or --record");
        }

        var filter = await ResolveAsync(asked);
        using var reader = OpenReader();
        var entries = new LoggedEntries(reader);
        var before = filter is null ? 0 : await reader.GetHeadAsync(cancellationToken);
        while (before > 0 && limit > 0)
        {
            var from = Math.Max(0, before - Block);
            foreach (var leaf in (await reader.ReadAsync(from, (int)(before - from), cancellationToken)).Reverse())
            {
                if (limit > 0 && await entries.MatchAsync(leaf, filter!, cancellationToken) is { } entry)
                {
                    limit--;
                    yield return entry;
                }
            }

            before = from;
        }
    }

    private void EnsureLog()
    {
        if (!File.Exists(_folder.Log))
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"{_folder.Log} does not exist", "name a gateway's data folder with --data");
        }
    }

    private SqliteLogReader OpenReader()
    {
        try
        {
            return SqliteLogReader.Open(_folder.Log);
        }
        catch (StoreException e)
        {
            throw new CommandFailure(
                ExitCode.CheckFailed, e.Message, "copy log.db and log.db-wal together to a folder that can be written, and name that one");
        }
    }

    private async Task<LogFilter?> ResolveAsync(EntryFilter asked)
    {
        try
        {
            // The subject keys are opened for a person's id only; they too refuse a second writer.
            using var keys = asked.SubjectId.Length == 0 ? null : SqliteSubjectKeys.Open(
                _folder.SubjectKeys, MasterKeyFile.OpenOrCreate(_folder.MasterKey, _folder.SubjectKeys), new SubjectKeyOptions(),
                NullLogger<SqliteSubjectKeys>.Instance);
            var resolved = await DisclosureLogFilters.ResolveAsync(asked, keys);
            await RecordAsync(resolved.Described);
            return resolved.Filter;
        }
        catch (InvalidFilterException e)
        {
            throw new CommandFailure(ExitCode.Usage, e.Message);
        }
        catch (StoreException e)
        {
            throw new CommandFailure(ExitCode.CheckFailed, e.Message);
        }
    }

    private async Task RecordAsync(string described)
    {
        try
        {
            await RefuseShorterAsync();
            using var log = SqliteDisclosureLog.Open(_folder.Log, new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
            var receipt = await new AdministrationLog(log, TimeProvider.System).RecordAsync(new Entry.Types.Administration
            {
                Actor = $"break-glass:{Environment.UserName}",
                Action = "log.break-glass",
                Target = described,
                Reason = reason,
            });
            Output.Note($"This reading is recorded as {receipt}.");
        }
        catch (StoreException e) when (e.InUse)
        {
            throw new CommandFailure(
                ExitCode.Refused, $"A gateway is running on {_folder.Root}: its files are not read past it.", "leave out --data and --reason, and use --as");
        }
        catch (Exception e) when (e is StoreException or LogUnavailableException or SqliteException)
        {
            Output.Note($"This reading could NOT be recorded in the log: {e.Message}");
        }
    }

    /// <summary>An entry appended to a log that lost its end would take the place of one that was signed.</summary>
    private async Task RefuseShorterAsync()
    {
        var signed = new CheckpointFile(_folder.Checkpoint).Read() is { } note && Checkpoint.TryParse(note.Text, out var checkpoint) ? checkpoint.Head.Size : 0;
        using var reader = SqliteLogReader.Open(_folder.Log);
        if (await reader.GetHeadAsync(CancellationToken.None) is var head && head < signed)
        {
            throw new StoreException($"it holds {head} entries, but {signed} were signed; see `gateway log recover`");
        }
    }
}
