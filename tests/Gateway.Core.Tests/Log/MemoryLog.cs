using Gateway.Core.Log;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Tests.Log;

/// <summary>A log in memory: keeps what it is given, until told to be unavailable.</summary>
internal sealed class MemoryLog : IDisclosureLog
{
    public List<byte[]> Leaves { get; } = [];

    public IEnumerable<Entry> Entries => Leaves.Select(Entry.Parser.ParseFrom);

    public bool Unavailable { get; set; }

    public ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope)
    {
        if (Unavailable)
        {
            throw new LogUnavailableException("told to be");
        }

        Leaves.Add(leaf.ToArray());
        return ValueTask.CompletedTask;
    }
}
