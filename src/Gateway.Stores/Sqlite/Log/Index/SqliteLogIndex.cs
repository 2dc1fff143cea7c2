using System.Runtime.CompilerServices;
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
    private const int Batch = 2000;

    private static readonly DerivedFile s_file = new(IndexSchema.Tables, IndexSchema.Version);

    private readonly string _path;
    private readonly ILogReader _log;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _reading = new();
    private IndexWriter _writer;
    private SqliteConnection _reader;
    private long _next;
    private long _minimum;
    private bool _verified;

    private SqliteLogIndex(string path, ILogReader log)
    {
        _path = path;
        _log = log;
        _writer = new IndexWriter(s_file.OpenForWriting(path));
        _reader = DerivedFile.OpenForReading(path);
        (_next, _minimum) = (_writer.Next, _writer.Minimum);
    }

    /// <summary>All leaves below this index are in the index; the log may go on above it.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>The first index that is kept: entries below were pruned, here or from the log before it was indexed.</summary>
    public long Minimum => Volatile.Read(ref _minimum);

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

    /// <summary>Indexes up to 2,000 leaves that are not there yet; gives how many.</summary>
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
            Publish();
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

    /// <summary>
    /// Indexes what was durable when this was called, at least a batch of it and no more after <paramref name="atMost"/>; gives how many
    /// entries are still missing.
    /// </summary>
    public async ValueTask<long> CatchUpAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        var head = await _log.GetHeadAsync(cancellationToken);
        var began = clock.GetTimestamp();
        // Once at least: an index that does not fit the log must not answer.
        do
        {
            await CatchUpOnceAsync(cancellationToken);
        }
        while (Next < head && clock.GetElapsedTime(began) < atMost);

        return Math.Max(0, head - Next);
    }

    /// <summary>Matching entries that are indexed, newest first. One whose leaf the log no longer holds is left out.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only those with a lower index: the last one of the page before, or <see cref="long.MaxValue"/>.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends it between entries.</param>
    public async ValueTask<IReadOnlyList<StoredLeaf>> QueryAsync(LogFilter filter, long before, int limit, CancellationToken cancellationToken)
    {
        var leaves = new List<StoredLeaf>();
        while (leaves.Count < limit)
        {
            List<long> found;
            lock (_reading)
            {
                using var query = new IndexQuery(_reader, filter);
                found = query.Page(before, Minimum, limit - leaves.Count);
            }

            if (found.Count == 0)
            {
                break;
            }

            before = found[^1];
            leaves.AddRange(await LeafReads.ReadAsync(_log, found, cancellationToken).ToListAsync(cancellationToken));
        }

        return leaves;
    }

    /// <summary>All matching entries that are indexed, newest first, read as they are asked for.</summary>
    public async IAsyncEnumerable<StoredLeaf> StreamAsync(
        LogFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<long> segments;
        lock (_reading)
        {
            using var query = new IndexQuery(_reader, filter);
            segments = query.Segments(long.MaxValue, Minimum);
        }

        foreach (var segment in segments)
        {
            List<long> found;
            lock (_reading)
            {
                using var query = new IndexQuery(_reader, filter);
                found = query.InSegment(segment, long.MaxValue, Minimum, long.MaxValue);
            }

            await foreach (var leaf in LeafReads.ReadAsync(_log, found, cancellationToken))
            {
                yield return leaf;
            }
        }
    }

    /// <summary>How often each partner was answered with records under each scope since an instant, among what is indexed.</summary>
    public IReadOnlyCollection<ScopeUse> CountUses(DateTimeOffset since, CancellationToken cancellationToken)
    {
        List<long> segments;
        lock (_reading)
        {
            using var query = new IndexUses(_reader, since);
            segments = query.Segments(Minimum);
        }

        // One segment at a time, so that other queries wait for no more than that.
        var uses = new Dictionary<(string Partner, ByteString Scope), ScopeUse>();
        foreach (var segment in segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_reading)
            {
                using var query = new IndexUses(_reader, since);
                query.Add(segment, Minimum, uses);
            }
        }

        return uses.Values;
    }

    /// <summary>
    /// Forgets the entries below <paramref name="minimumIndex"/>: at once for queries, durably before this completes, then gives their
    /// room back, a segment at a time beside the follower. Cut short, the next call goes on.
    /// </summary>
    public async ValueTask PruneAsync(long minimumIndex, CancellationToken cancellationToken)
    {
        await WritingAsync(() => _writer.Forget(Math.Max(minimumIndex, _writer.Minimum)), cancellationToken);
        var more = true;
        while (more)
        {
            await WritingAsync(() => more = _writer.SweepOnce(), cancellationToken);
        }

        await WritingAsync(() => _writer.SweepShapes(), cancellationToken);
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

    private async ValueTask WritingAsync(Action write, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await VerifyAsync(cancellationToken);
            write();
            Publish();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Lets readers see how far the writer has come.</summary>
    private void Publish()
    {
        Volatile.Write(ref _minimum, _writer.Minimum);
        Volatile.Write(ref _next, _writer.Next);
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
            if (last.Count == 0 || last[0].Index != _writer.Next - 1 || !Entry.Parser.ParseFrom(last[0].Bytes).Receipt.Span.SequenceEqual(_writer.LastReceipt))
            {
                lock (_reading)
                {
                    _writer.Dispose();
                    _reader.Dispose();
                    DerivedFile.Delete(_path);
                    _writer = new IndexWriter(s_file.OpenForWriting(_path));
                    _reader = DerivedFile.OpenForReading(_path);
                    Publish();
                }
            }
        }

        // Pruning the log may have been cut short before its index was told.
        var first = await _log.ReadAsync(0, limit: 1, cancellationToken);
        if (first.Count > 0 && first[0].Index > _writer.Minimum)
        {
            _writer.Forget(first[0].Index);
            Publish();
        }

        _verified = true;
    }
}
