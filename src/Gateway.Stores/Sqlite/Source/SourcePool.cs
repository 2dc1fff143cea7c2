using Gateway.Core.Sources;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// Up to <paramref name="size"/> connections, opened when first needed and then kept. A call waits for a free one; a broken one, or one
/// whose file is gone, is closed, so that the source recovers by itself when the file is back. <paramref name="take"/> sees each connection
/// before it is used, and can refuse it.
/// </summary>
internal sealed class SourcePool(string connectionString, int size, TimeProvider clock, Action<SourceConnection>? take = null) : IDisposable
{
    private readonly SemaphoreSlim _places = new(size, size);
    private readonly Lock _lock = new();
    private readonly Stack<SourceConnection> _idle = new(size);
    private bool _disposed;

    /// <summary>A connection for the caller alone, until <see cref="Return"/>.</summary>
    /// <exception cref="SourceException">The database cannot be opened.</exception>
    public async ValueTask<SourceConnection> RentAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_places.Wait(0, cancellationToken))
        {
            await _places.WaitAsync(cancellationToken);
        }

        try
        {
            while (TryPop() is { } idle)
            {
                if (!idle.HasMoved())
                {
                    return idle;
                }

                idle.Dispose();
            }

            return Open();
        }
        catch
        {
            _places.Release();
            throw;
        }
    }

    public void Return(SourceConnection connection)
    {
        lock (_lock)
        {
            if (!_disposed && !connection.Broken)
            {
                _idle.Push(connection);
                connection = null!;
            }
        }

        connection?.Dispose();
        _places.Release();
    }

    /// <summary>A connection outside the pool, which the caller disposes.</summary>
    /// <exception cref="SourceException">The database cannot be opened.</exception>
    public SourceConnection Open()
    {
        var connection = new SourceConnection(connectionString, clock);
        try
        {
            take?.Invoke(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Closes what is idle now, and what is in use when it comes back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        while (TryPop() is { } idle)
        {
            idle.Dispose();
        }
    }

    private SourceConnection? TryPop()
    {
        lock (_lock)
        {
            return _idle.TryPop(out var connection) ? connection : null;
        }
    }
}
