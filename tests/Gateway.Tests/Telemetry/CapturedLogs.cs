using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

/// <summary>
/// One captured entry. Its text holds everything a provider is given: message, parameters by name, scopes, the whole exception.
/// </summary>
internal sealed record CapturedLog(string Category, LogLevel Level, EventId Id, string Message, string Text);

/// <summary>A log provider that keeps every entry. Add it and set the minimum level to Trace to see all that the product would print.</summary>
[ProviderAlias("Captured")]
internal sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<CapturedLog> _entries = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public IReadOnlyCollection<CapturedLog> Entries => _entries;

    /// <summary>Everything captured, one entry after another.</summary>
    public string AllText => string.Join('\n', _entries.Select(e => e.Text));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        // The entries outlive the host that wrote them.
    }

    private static void Append(StringBuilder text, object? state)
    {
        text.Append(' ').Append(state);
        if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach (var (name, value) in pairs)
            {
                text.Append(' ').Append(name).Append('=').Append(value);
            }
        }
    }

    private sealed class Logger(CapturedLogs owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var message = formatter(state, exception);
            var text = new StringBuilder(category).Append(' ').Append(logLevel).Append(' ').Append(message);
            Append(text, state);
            owner._scopes.ForEachScope((scope, t) => Append(t, scope), text);
            text.Append(' ').Append(exception);
            owner._entries.Enqueue(new CapturedLog(category, logLevel, eventId, message, text.ToString()));
        }
    }
}
