using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Tests.Preferences;

/// <summary>What was logged, in order.</summary>
internal sealed class HeardLogs<T> : ILogger<T>
{
    public List<(EventId Id, string Message)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Add((eventId, formatter(state, exception)));
}
