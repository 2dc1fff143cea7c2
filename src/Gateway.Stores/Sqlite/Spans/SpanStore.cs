using System.Diagnostics;
using System.Threading.Channels;
using Gateway.Core.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Spans;

/// <summary>
/// Keeps recent calls' spans. Listens to the source itself, so that no <c>OTEL_*</c> setting turns sampling off. A call never waits
/// for it: when the queue is full or the file fails, calls are dropped whole and their spans counted.
/// </summary>
public sealed partial class SpanStore : IAsyncDisposable
{
    private const int MaxBatch = 1024;

    private readonly SpanStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<SpanStore> _logger;
    private readonly Channel<Item> _queue;
    private readonly ActivityListener _listener;
    private readonly SpanFile _file;
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
        _queue = Channel.CreateBounded<Item>(new BoundedChannelOptions(options.Queue) { SingleReader = true });
        _trimmed = clock.GetTimestamp();
        Trim();
        _writer = Task.Run(WriteAsync);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(_listener);
        CallTrace.SpansEnded += Offer;
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
        CallTrace.SpansEnded -= Offer;
        _listener.Dispose();
        _queue.Writer.TryComplete();
        await _writer;
        _file.Dispose();
    }

    private void Offer(EndedSpans call)
    {
        if (!_queue.Writer.TryWrite(new Item(call, null)))
        {
            Drop(call.Count);
        }
    }

    private async Task WriteAsync()
    {
        var calls = new List<EndedSpans>();
        var flushes = new List<TaskCompletionSource>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            for (var i = 0; i < MaxBatch && _queue.Reader.TryRead(out var item); i++)
            {
                if (item.Flush is not null)
                {
                    flushes.Add(item.Flush);
                }
                else
                {
                    calls.Add(item.Call!);
                }
            }

            Write(calls);
            calls.Clear();
            flushes.ForEach(f => f.TrySetResult());
            flushes.Clear();
        }
    }

    private void Write(List<EndedSpans> calls)
    {
        try
        {
            if (calls.Count > 0)
            {
                _file.Write(calls);
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
            Drop(calls.Sum(c => c.Count));
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

    /// <summary>A call, or the wish to know when all before it are written.</summary>
    private readonly record struct Item(EndedSpans? Call, TaskCompletionSource? Flush);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1500, EventName = "SpanStoreFailed", Level = LogLevel.Warning,
            Message = "The span store {Path} cannot be written (SQLite code {Code}): traces are not kept until it can. Calls go on; free "
                + "disk space, or stop the gateway and delete the file")]
        public static partial void Failed(ILogger logger, string path, int code);
    }
}
