using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Protos.Log.V1;
using Gateway.Stores;
using Gateway.Stores.Notes;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Tree;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Commands.Log;

/// <summary>The log, its tree and its keys in the data folder of a gateway that is down, for acts that need it so. Holds the tree's lock.</summary>
internal sealed class OfflineLog : IDisposable
{
    private readonly string _reason;

    private OfflineLog(DataFolder folder, string reason, SqliteTree tree)
    {
        (Folder, _reason, Tree) = (folder, reason, tree);
        Checkpoint = new CheckpointFile(folder.Checkpoint);
        Keys = NoteKeyFile.Read(folder.LogKey, TimeProvider.System);
        Identity = new LogIdentity(Keys[0].Verifier.Name, [.. Keys]);
    }

    public DataFolder Folder { get; }

    public SqliteTree Tree { get; }

    public CheckpointFile Checkpoint { get; }

    /// <summary>What witnesses cosigned last, also those whom no setting names now.</summary>
    public IEnumerable<CheckpointFile> Cosigned =>
        Directory.Exists(Folder.Cosigned) ? Directory.GetFiles(Folder.Cosigned, "*.checkpoint").Select(path => new CheckpointFile(path)) : [];

    public IReadOnlyList<Ed25519Signer> Keys { get; }

    public LogIdentity Identity { get; }

    /// <summary>Does something with the folder; what its stores refuse becomes a failure of the command.</summary>
    /// <exception cref="CommandFailure">A gateway runs on it, it holds no log, or what is done is refused.</exception>
    public static async Task<T> WithAsync<T>(DirectoryInfo data, string reason, Func<OfflineLog, Task<T>> act)
    {
        // As strict with the reason as with reading past a running gateway.
        BreakGlass.From(data, reason);
        var folder = BreakGlass.FolderOf(data);
        if (!File.Exists(folder.LogKey))
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"{folder.LogKey} does not exist", "name a gateway's data folder with --data, or put the key back from its backup");
        }

        try
        {
            using var tree = SqliteTree.Open(folder.LogTree);
            using var log = new OfflineLog(folder, reason, tree);
            return await act(log);
        }
        catch (StoreException e) when (e.InUse)
        {
            throw new CommandFailure(ExitCode.Refused, $"A gateway is running on {folder.Root}: this is for one that is down.", "stop it first");
        }
        catch (StoreException e)
        {
            throw new CommandFailure(ExitCode.CheckFailed, e.Message);
        }
    }

    /// <summary>The entry of an act of whoever runs the command.</summary>
    public Entry Entry(string action, string target, string checkpoint)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new Entry
        {
            Receipt = ByteString.CopyFrom(ReceiptId.New(now).Value.ToByteArray(bigEndian: true)),
            Time = Timestamp.FromDateTimeOffset(now),
            Kind = Kind.Administration,
            Administration = Act(action, target, checkpoint),
        };
    }

    /// <summary>Records an act at the end of a log that is whole.</summary>
    /// <exception cref="StoreException">The log is shorter than what was signed, or cannot be written.</exception>
    public async Task<ReceiptId> RecordAsync(string action, string target)
    {
        using var log = SqliteDisclosureLog.Open(Folder.Log, new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        using var reader = SqliteLogReader.Open(Folder.Log);
        // What is appended to a shorter log would take the place of what was signed.
        await new TreeCheck(Tree, reader, Identity, Checkpoint, new CheckpointFeed()).RunAsync(CancellationToken.None);
        try
        {
            return await new AdministrationLog(log, TimeProvider.System).RecordAsync(Act(action, target, checkpoint: ""));
        }
        catch (LogUnavailableException e)
        {
            throw new StoreException(e.Message, e);
        }
    }

    public void Dispose()
    {
        foreach (var key in Keys)
        {
            key.Dispose();
        }
    }

    private Entry.Types.Administration Act(string action, string target, string checkpoint) => new()
    {
        Actor = $"break-glass:{Environment.UserName}",
        Action = action,
        Target = target,
        Reason = _reason,
        Checkpoint = checkpoint,
    };
}
