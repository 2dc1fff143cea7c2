namespace Gateway.Stores.Sqlite;

/// <summary>
/// What waits for a writer thread. <see cref="Take"/> gives everything that queued while the last batch was being synced: natural
/// batching, no timer. Bounded, so that a slow disk is met with a refusal and not with memory.
/// </summary>
/// <param name="maxItems">Items that may wait.</param>
/// <param name="maxBytes">Bytes that may wait.</param>
internal sealed class BatchQueue<T>(int maxItems, long maxBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private List<T> _waiting = [];
    private long _bytes;
    private bool _writerWaits;
    private bool _closed;

    /// <summary>Items waiting now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Queues an item; false when the queue is full or closed.</summary>
    public bool TryAdd(T item, int bytes)
    {
        bool wake;
        lock (_gate)
        {
            if (_closed || _waiting.Count >= maxItems || _bytes + bytes > maxBytes)
            {
                return false;
            }

            _waiting.Add(item);
            _bytes += bytes;
            wake = _writerWaits;
            _writerWaits = false;
        }

        if (wake)
        {
            _arrived.Release();
        }

        return true;
    }

    /// <summary>
    /// Swaps the empty <paramref name="batch"/> for all that waits, blocking the one writer thread until there is something, or leaves it
    /// empty when nothing came in time. False once closed and drained.
    /// </summary>
    public bool Take(ref List<T> batch, TimeSpan patience)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_waiting.Count > 0)
                {
                    (_waiting, batch) = (batch, _waiting);
                    _bytes = 0;
                    return true;
                }

                if (_closed)
                {
                    return false;
                }

                _writerWaits = true;
            }

            if (!_arrived.Wait(patience) && GaveUp())
            {
                return true;
            }
        }
    }

    // Who woke us as we gave up has released the semaphore or is about to.
    private bool GaveUp()
    {
        lock (_gate)
        {
            if (_writerWaits)
            {
                _writerWaits = false;
                return true;
            }
        }

        _arrived.Wait();
        return false;
    }

    /// <summary>Takes nothing more; what waits is still given to the writer.</summary>
    public void Close()
    {
        bool wake;
        lock (_gate)
        {
            _closed = true;
            wake = _writerWaits;
            _writerWaits = false;
        }

        if (wake)
        {
            _arrived.Release();
        }
    }

    /// <summary>After the writer has ended.</summary>
    public void Dispose() => _arrived.Dispose();
}
