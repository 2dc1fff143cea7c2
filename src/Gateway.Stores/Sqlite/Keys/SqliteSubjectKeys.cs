using Gateway.Core.Log;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>
/// Subjects' keys in SQLite, with those used last in memory. One thread of its own reads and writes the file: what queued while the
/// last sync ran is one commit. Safe for concurrent use.
/// </summary>
public sealed partial class SqliteSubjectKeys : ISubjectKeys, ISubjectIdentities, ISubjectErasure, IDisposable
{
    /// <summary>How often a store that cannot be used is tried again where nobody asks.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _broken = new();
    private readonly BatchQueue<KeyRequest> _queue;
    private readonly SubjectKeyCache _cache;
    private readonly SubjectKeyFile _file;
    private readonly ILogger _logger;
    private readonly Thread _writer;
    private volatile string? _trouble;

    private SqliteSubjectKeys(SubjectKeyFile file, SubjectKeyOptions options, ILogger logger)
    {
        _file = file;
        _logger = logger;
        _queue = new BatchQueue<KeyRequest>(options.QueueRequests, long.MaxValue);
        _cache = new SubjectKeyCache(options.CachedSubjects);
        Broken = _broken.Token;
        _writer = new Thread(Write) { IsBackground = true, Name = "subject keys" };
        _writer.Start();
    }

    /// <summary>Why the last batch was refused, for health: null when it was answered.</summary>
    public string? Trouble => _trouble;

    /// <summary>Cancelled when a sync has failed or the file is damaged: the host must end the process.</summary>
    public CancellationToken Broken { get; }

    /// <summary>Subjects held in memory now.</summary>
    internal int Cached => _cache.Count;

    /// <summary>Opens or creates the store.</summary>
    /// <exception cref="StoreException">Another gateway writes it, it cannot be made durable, or it belongs to another master key.</exception>
    public static SqliteSubjectKeys Open(string path, MasterKey master, SubjectKeyOptions options, ILogger<SqliteSubjectKeys> logger) =>
        new(SubjectKeyFile.Open(path, master), options, logger);

    /// <summary>True when there is a store at <paramref name="path"/> and it holds a key. Changes nothing.</summary>
    public static bool HoldsAny(string path) => File.Exists(path) && SubjectKeyFile.HoldsAny(path);

    public ValueTask<SubjectKey> GetOrAddAsync(string subjectId) =>
        _cache.TryGet(subjectId, out var key) ? ValueTask.FromResult(key) : new ValueTask<SubjectKey>(AskAsync(new FindRequest(subjectId, add: true))!);

    public async ValueTask<SubjectKey[]> GetOrAddAsync(IReadOnlyList<string> subjectIds)
    {
        var keys = new SubjectKey[subjectIds.Count];
        List<(int Index, Task<SubjectKey?> Key)>? asked = null;
        for (var i = 0; i < keys.Length; i++)
        {
            if (_cache.TryGet(subjectIds[i], out var key))
            {
                keys[i] = key;
            }
            else
            {
                (asked ??= []).Add((i, AskAsync(new FindRequest(subjectIds[i], add: true))));
            }
        }

        foreach (var (index, key) in asked ?? [])
        {
            keys[index] = (await key)!;
        }

        return keys;
    }

    public ValueTask<SubjectKey?> FindAsync(string subjectId) =>
        _cache.TryGet(subjectId, out var key) ? ValueTask.FromResult<SubjectKey?>(key) : new ValueTask<SubjectKey?>(AskAsync(new FindRequest(subjectId, add: false)));

    public ValueTask<SubjectIdentity?> FindIdentityAsync(Pseudonym subject) => new(AskAsync(new IdentityRequest(subject)));

    public ValueTask<DestroyedKeys> DestroyAsync(IReadOnlyCollection<SubjectMark> subjects) =>
        new(AskAsync(new DestroyRequest(subjects))!);

    /// <summary>Answers what waits, then closes the file and gives up its lock.</summary>
    public void Dispose()
    {
        _queue.Close();
        _writer.Join();
        _queue.Dispose();
        _file.Dispose();
        _broken.Dispose();
    }

    private Task<T?> AskAsync<T>(KeyRequest<T> request) =>
        Broken.IsCancellationRequested || !_queue.TryAdd(request, 0)
            ? throw new LogUnavailableException($"The subject keys' store is {(_trouble is null ? "overloaded or closed" : "broken: " + _trouble)}.")
            : request.Completion;

    private void Write()
    {
        var batch = new List<KeyRequest>();
        while (_queue.Take(ref batch, _trouble is null || Broken.IsCancellationRequested ? Timeout.InfiniteTimeSpan : s_retry))
        {
            var failure = Broken.IsCancellationRequested ? _trouble : TryAnswer(batch);
            foreach (var request in batch)
            {
                if (failure is not null)
                {
                    request.Fail(new LogUnavailableException($"The subject keys' store cannot be used: {failure}."));
                }
                else if (request is not DestroyRequest)
                {
                    Succeed(request);
                }
            }

            // Last: who asked at the same time has the old key, and it is dropped after they have.
            foreach (var destroy in batch.OfType<DestroyRequest>().Where(_ => failure is null))
            {
                Destroy(destroy);
            }

            batch.Clear();
        }
    }

    private void Succeed(KeyRequest request)
    {
        // Only what was added: its row is whole, so that nobody who is held here lacks anything there.
        if (request is FindRequest { Add: true, Found: { } key } find)
        {
            _cache.Add(find.SubjectId, key);
        }

        request.Succeed();
    }

    private void Destroy(DestroyRequest request)
    {
        try
        {
            var deleted = _file.Delete(request.Subjects);
            _cache.Remove(deleted);
            request.Found = new DestroyedKeys(deleted, TryWipe());
            request.Succeed();
        }
        catch (Exception e)
        {
            request.Fail(new LogUnavailableException($"The subject keys' store cannot be used: {Failed(e)}."));
        }
    }

    /// <summary>Null when it is done, else why not.</summary>
    private string? TryWipe()
    {
        try
        {
            _file.Wipe();
            return null;
        }
        catch (Exception e) when (e is IOException || !SqliteFailure.IsFatal(e))
        {
            _file.TryRollback();
            var reason = SqliteFailure.Describe(e);
            Log.NotWiped(_logger, reason);
            return reason;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    private string? TryAnswer(List<KeyRequest> batch)
    {
        try
        {
            _file.Answer(batch);
            _file.Checkpoint(idle: _queue.Count == 0);
            if (_trouble is not null)
            {
                _trouble = null;
                Log.Recovered(_logger);
            }

            return null;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    private string Failed(Exception failure)
    {
        var fatal = !_file.TryRollback() || SqliteFailure.IsFatal(failure);
        var reason = SqliteFailure.Describe(failure);
        var first = _trouble is null;
        _trouble = reason;
        if (fatal)
        {
            _file.Abandon();
            Log.Broken(_logger, reason);
            // Off this thread: whoever hears of it may want to wait for the writer.
            _ = _broken.CancelAsync();
        }
        else if (first)
        {
            Log.Refused(_logger, reason);
        }

        return reason;
    }

    private static partial class Log
    {
        [LoggerMessage(1310, LogLevel.Error, "The subject keys' store cannot be used: {Reason}. Calls are refused until it can.",
            EventName = "SubjectKeysRefused")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(1311, LogLevel.Critical, "The subject keys' store is broken: {Reason}. Restart the gateway to recover.",
            EventName = "SubjectKeysBroken")]
        public static partial void Broken(ILogger logger, string reason);

        [LoggerMessage(1313, LogLevel.Warning,
            "Destroyed subject keys may have left traces in the store's file: {Reason}. They are wiped with the next destruction, or at the next start.",
            EventName = "SubjectKeysNotWiped")]
        public static partial void NotWiped(ILogger logger, string reason);

        [LoggerMessage(1312, LogLevel.Information, "The subject keys' store can be used again.", EventName = "SubjectKeysRecovered")]
        public static partial void Recovered(ILogger logger);
    }
}
