using System.Collections.Concurrent;
using Gateway.Tests.Telemetry;

namespace Gateway.Tests.Canary;

/// <summary>A unique value for each name that is asked for.</summary>
internal sealed class Secrets
{
    private readonly ConcurrentDictionary<string, string> _all = new(StringComparer.Ordinal);

    /// <summary>The value of this name, made when first asked for. Letters, digits and dashes: fit for a key, a header, a host name.</summary>
    public string this[string name] => _all.GetOrAdd(name, static n => $"zq-{n}-{Guid.NewGuid():N}"[..Math.Min(n.Length + 16, 40)]);

    /// <summary>Takes in a value that is made elsewhere.</summary>
    public string Add(string name, string value) => _all[name] = value;

    /// <summary>All but those named: what must be nowhere.</summary>
    public Canaries Except(params string[] names) =>
        new(_all.Where(p => !names.Contains(p.Key, StringComparer.Ordinal)).Select(p => p.Value));

    /// <summary>How many there are.</summary>
    public int Count => _all.Count;
}
