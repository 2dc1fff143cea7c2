using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>
/// The log's query index, in a file of its own. Derived: what it holds is in the log, and whatever does not fit the log is thrown away
/// and filled anew. Safe for concurrent use.
/// </summary>
public sealed class SqliteLogIndex : IDisclosureHistory, IDisposable
{
    /// <summary>Leaves a transaction.</summary>
    private const int Batch = 1000;

    private readonly string _path;
    private readonly ILogReader _log;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _reading = new();
    private IndexWriter _writer;
    private SqliteConnection _reader;
    private long _next;
    private bool _verified;

    private SqliteLogIndex(string path, ILogReader log)
    {
        _path = path;
        _log = log;
        _writer = new IndexWriter(IndexFile.OpenForWriting(path));
        _reader = IndexFile.OpenForReading(path);
        _next = _writer.Next;
    }

    /// <summary>Index of the first leaf that is not in the index yet.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Opens or creates the index of <paramref name="log"/>. Fills nothing yet.</summary>
    /// <exception cref="StoreException">The file can neither be opened nor replaced.</exception>
    public static SqliteLogIndex Open(string path, ILogReader log)
    {
        try
        {
            return new SqliteLogIndex(path, log);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be opened or made anew: {SqliteFailure.Describe(e)}", e);
        }
    }

    /// <summary>Indexes up to 1,000 leaves that are not there yet; gives how many.</summary>
    public async ValueTask<int> CatchUpOnceAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await VerifyAsync(cancellationToken);
            var leaves = await _log.ReadAsync(_writer.Next, Batch, cancellationToken);
            if (leaves.Count == 0)
            {
                return 0;
            }

            var entries = leaves.Select(l => (l.Index, Entry.Parser.ParseFrom(l.Bytes))).ToList();
            var scopes = new Dictionary<ByteString, Scope>();
            foreach (var hash in entries.Select(e => e.Item2.Scope).Distinct().Where(h => !h.IsEmpty && !_writer.HasScope(h)))
            {
                var bytes = await _log.FindScopeAsync(hash.Memory, cancellationToken)
                    ?? throw new LogUnavailableException("The disclosure log refers to a scope that it does not hold: it is damaged.");
                scopes[hash] = Scope.Parser.ParseFrom(bytes);
            }

            _writer.Add(entries, scopes);
            Volatile.Write(ref _next, _writer.Next);
            return entries.Count;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Indexes all that was durable when this was called.</summary>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        var head = await _log.GetHeadAsync(cancellationToken);
        while (Next < head || !_verified)
        {
            await CatchUpOnceAsync(cancellationToken);
        }
    }

    /// <summary>Matching entries that are indexed, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only those with a lower index: the last one of the page before, or <see cref="long.MaxValue"/>.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends it between entries.</param>
    public async ValueTask<IReadOnlyList<StoredLeaf>> QueryAsync(LogFilter filter, long before, int limit, CancellationToken cancellationToken)
    {
        List<long> found;
        lock (_reading)
        {
            found = IndexQuery.Run(_reader, filter, before, limit);
        }

        var leaves = new List<StoredLeaf>(found.Count);
        foreach (var index in found)
        {
            leaves.AddRange(await _log.ReadAsync(index, limit: 1, cancellationToken));
        }

        return leaves;
    }

    public async ValueTask<bool> WasDisclosedAsync(string partner, Pseudonym record, CancellationToken cancellationToken)
    {
        try
        {
            await CatchUpAsync(cancellationToken);
            lock (_reading)
            {
                return IndexQuery.WasDisclosed(_reader, partner, record);
            }
        }
        catch (SqliteException e)
        {
            throw new LogUnavailableException($"The log's query index cannot be used: {SqliteFailure.Describe(e)}.", e);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _writing.Dispose();
    }

    /// <summary>Once a start: an index of another log, or of a log that was put back from a backup, is filled anew.</summary>
    private async ValueTask VerifyAsync(CancellationToken cancellationToken)
    {
        if (_verified)
        {
            return;
        }

        if (_writer.Next > 0)
        {
            var last = await _log.ReadAsync(_writer.Next - 1, limit: 1, cancellationToken);
            if (last.Count == 0 || !Entry.Parser.ParseFrom(last[0].Bytes).Receipt.Span.SequenceEqual(_writer.LastReceipt))
            {
                lock (_reading)
                {
                    _writer.Dispose();
                    _reader.Dispose();
                    IndexFile.Delete(_path);
                    _writer = new IndexWriter(IndexFile.OpenForWriting(_path));
                    _reader = IndexFile.OpenForReading(_path);
                    Volatile.Write(ref _next, 0);
                }
            }
        }

        _verified = true;
    }
}
