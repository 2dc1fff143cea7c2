using System.Diagnostics;
using System.Threading.Channels;
using Gateway.Core.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Spans;

/// <summary>
/// Keeps recent calls' spans. Listens to the source itself, so that no <c>OTEL_*</c> setting turns sampling off. A call never waits
/// for it: when the queue is full or the file fails, spans are dropped and counted.
/// </summary>
public sealed partial class SpanStore : IAsyncDisposable
{
    private const int MaxBatch = 4096;

    private readonly SpanStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<SpanStore> _logger;
    private readonly Channel<Item> _queue;
    private readonly ActivityListener _listener;
    private readonly SpanFile _file;
    private readonly OpenTraces _open;
    private readonly Task _writer;
    private long _dropped;
    private long _trimmed;
    private bool _failing;

    /// <summary>Opens or makes the file and begins to listen.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SpanStore(SpanStoreOptions options, TimeProvider clock, ILogger<SpanStore> logger)
    {
        _options = options;
        _clock = clock;
        _logger = logger;
        _file = new SpanFile(options.Path);
        _open = new OpenTraces(options.Patience, clock);
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.Queue) { SingleReader = true });
        _trimmed = clock.GetTimestamp();
        Trim();
        _writer = Task.Run(WriteAsync);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Offer,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Spans dropped since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Completes when every span that ended before the call is written or dropped.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Item(null, done), cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _queue.Writer.TryComplete();
        await _writer;
        _file.Dispose();
    }

    private void Offer(Activity span)
    {
        if (!_queue.Writer.TryWrite(new Item(span, null)))
        {
            Drop(1);
        }
    }

    private async Task WriteAsync()
    {
        var traces = new List<IReadOnlyList<Activity>>();
        var flushes = new List<TaskCompletionSource>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            for (var i = 0; i < MaxBatch && _queue.Reader.TryRead(out var item); i++)
            {
                if (item.Flush is not null)
                {
                    flushes.Add(item.Flush);
                }
                else if (_open.Add(item.Span!) is { } whole)
                {
                    traces.Add(whole);
                }
            }

            traces.AddRange(_open.Overdue());
            Write(traces);
            traces.Clear();
            flushes.ForEach(f => f.TrySetResult());
            flushes.Clear();
        }
    }

    private void Write(List<IReadOnlyList<Activity>> traces)
    {
        try
        {
            if (traces.Count > 0)
            {
                _file.Write(traces);
                _file.TrimSize(_options.MaxBytes);
            }

            if (_clock.GetElapsedTime(_trimmed) > TimeSpan.FromMinutes(1))
            {
                Trim();
            }

            _failing = false;
        }
        catch (SqliteException e)
        {
            Drop(traces.Sum(t => t.Count));
            if (!_failing)
            {
                Log.Failed(_logger, _options.Path, e.SqliteExtendedErrorCode);
            }

            _failing = true;
        }
    }

    private void Trim()
    {
        _trimmed = _clock.GetTimestamp();
        _file.TrimAge(_clock.GetUtcNow() - _options.MaxAge);
        _file.TrimSize(_options.MaxBytes);
    }

    private void Drop(int spans)
    {
        Interlocked.Add(ref _dropped, spans);
        Instruments.SpansDropped.Add(spans);
    }

    /// <summary>An ended span, or the wish to know when all before it are written.</summary>
    private readonly record struct Item(Activity? Span, TaskCompletionSource? Flush);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1500, EventName = "SpanStoreFailed", Level = LogLevel.Warning,
            Message = "The span store {Path} cannot be written (SQLite code {Code}): traces are not kept until it can. Calls go on; free "
                + "disk space, or stop the gateway and delete the file")]
        public static partial void Failed(ILogger logger, string path, int code);
    }
}
