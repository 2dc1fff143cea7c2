using System.Collections.Immutable;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Obligations;

/// <summary>
/// What partners were given and have not confirmed to have deleted: a row a release, followed from the log alone. Derived: what it holds is
/// in the log, and what does not fit the log is thrown away and counted anew. It outlives what is pruned from the log's front. Safe for
/// concurrent use; one reads or writes at a time.
/// </summary>
public sealed class SqliteObligations : IDisposable
{
    private const int Batch = 2000;

    private static readonly DerivedFile s_file = new(ObligationsSchema.Tables, ObligationsSchema.Version);

    private readonly string _path;
    private readonly ILogReader _log;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Dictionary<ByteString, TimeSpan?> _deleteAfter = [];
    private ObligationsWriter _writer;
    private bool _verified;

    private SqliteObligations(string path, ILogReader log)
    {
        _path = path;
        _log = log;
        _writer = new ObligationsWriter(s_file.OpenForWriting(path));
    }

    /// <summary>Opens or creates the tally of <paramref name="log"/>. Counts nothing yet.</summary>
    /// <exception cref="StoreException">The file can neither be opened nor replaced.</exception>
    public static SqliteObligations Open(string path, ILogReader log)
    {
        try
        {
            return new SqliteObligations(path, log);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be opened or made anew: {SqliteFailure.Describe(e)}", e);
        }
    }

    /// <summary>Counts up to 2,000 entries that are not counted yet; gives how many.</summary>
    public Task<int> CatchUpOnceAsync(CancellationToken cancellationToken) => OneAsync(() => CatchUpAsync(cancellationToken), cancellationToken);

    /// <summary>Asks, once all that was durable when this was called is counted.</summary>
    /// <exception cref="LogUnavailableException">The log or the tally cannot be read.</exception>
    public async Task<T> AskAsync<T>(Func<ObligationQueries, T> ask, CancellationToken cancellationToken)
    {
        var head = await _log.GetHeadAsync(cancellationToken);
        try
        {
            while (true)
            {
                // The lock is given up between two batches: a long way behind, others still come in.
                var answer = await OneAsync(
                    async () => (_verified && _writer.Next >= head) || await CatchUpAsync(cancellationToken) == 0
                        ? new Answer<T>(ask(new ObligationQueries(_writer.Connection, _writer.Began)))
                        : null,
                    cancellationToken);
                if (answer is not null)
                {
                    return answer.Value;
                }
            }
        }
        catch (SqliteException e)
        {
            throw new LogUnavailableException($"The tally of what partners owe cannot be used: {SqliteFailure.Describe(e)}.", e);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _one.Dispose();
    }

    private async Task<T> OneAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await act();
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<int> CatchUpAsync(CancellationToken cancellationToken)
    {
        await VerifyAsync(cancellationToken);
        var leaves = await _log.ReadAsync(_writer.Next, Batch, cancellationToken);
        if (leaves.Count == 0)
        {
            return 0;
        }

        var entries = leaves.Select(l => (l.Index, Entry: Entry.Parser.ParseFrom(l.Bytes))).ToImmutableArray();
        foreach (var hash in entries.Where(e => PartnerRelease.Is(e.Entry)).Select(e => e.Entry.Scope).Distinct())
        {
            if (!_deleteAfter.ContainsKey(hash))
            {
                var bytes = await _log.FindScopeAsync(hash.Memory, cancellationToken)
                    ?? throw new LogUnavailableException("The disclosure log refers to a scope that it does not hold: it is damaged.");
                _deleteAfter[hash] = Scope.Parser.ParseFrom(bytes).DeleteAfter?.ToTimeSpan();
            }
        }

        _writer.Add(entries, _deleteAfter);
        if (_deleteAfter.Count > 1000)
        {
            // Callers choose read masks, so that scopes have no bound of their own.
            _deleteAfter.Clear();
        }

        return entries.Length;
    }

    /// <summary>Once a start: a tally of another log, or of a log that was put back from a backup, is counted anew.</summary>
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
                _writer.Dispose();
                DerivedFile.Delete(_path);
                _writer = new ObligationsWriter(s_file.OpenForWriting(_path));
            }
        }

        _verified = true;
    }

    private sealed record Answer<T>(T Value);
}
