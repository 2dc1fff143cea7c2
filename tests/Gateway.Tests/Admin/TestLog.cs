using System.Collections.Concurrent;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;

namespace Gateway.Tests.Admin;

/// <summary>A disclosure log in memory, that can be told to be unavailable.</summary>
internal sealed class TestLog : IDisclosureLog
{
    public ConcurrentQueue<Entry> Entries { get; } = [];

    public bool IsBroken { get; set; }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope)
    {
        if (IsBroken)
        {
            throw new LogUnavailableException("broken by the test");
        }

        Entries.Enqueue(Entry.Parser.ParseFrom(leaf.Span));
        return ValueTask.CompletedTask;
    }
}
