using System.Collections.Concurrent;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;

namespace Gateway.Tests.Contracts;

/// <summary>A log in memory that can be told to refuse.</summary>
internal sealed class MemoryLog : IDisclosureLog
{
    private readonly ConcurrentQueue<Entry> _entries = new();

    public bool Refuses { get; set; }

    /// <summary>Called before an entry is taken.</summary>
    public Action? OnAppend { get; set; }

    public IReadOnlyList<Entry.Types.Administration> Acts => [.. _entries.Select(e => e.Administration)];

    public ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope)
    {
        OnAppend?.Invoke();
        leaf.Length.ShouldBeInRange(1, 65_535);
        if (Refuses)
        {
            throw new LogUnavailableException("the log is full");
        }

        _entries.Enqueue(Entry.Parser.ParseFrom(leaf.Span));
        return ValueTask.CompletedTask;
    }
}
