using Gateway.Core.Log;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Tests.Log;

/// <summary>A log in memory: keeps what it is given, until told to be unavailable.</summary>
internal sealed class MemoryLog : IDisclosureLog
{
    public List<byte[]> Leaves { get; } = [];

    public IEnumerable<Entry> Entries => Leaves.Select(Entry.Parser.ParseFrom);

    public bool Unavailable { get; set; }

    /// <summary>Runs before each append that is refused.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope)
    {
        if (!Unavailable)
        {
            Leaves.Add(leaf.ToArray());
            return;
        }

        if (Meanwhile is { } run)
        {
            await run();
        }

        throw new LogUnavailableException("told to be");
    }
}
