using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Faults;

/// <summary>Opens a log that a fault left behind with the product's own code, lets it go on, and compares it with what was promised.</summary>
internal static class RecoveredLog
{
    public static SqliteLogOptions Options { get; } = new() { ReserveBytes = 64 * 1024 };

    /// <summary>What is wrong with it; null where every promised leaf is there once, byte for byte, and no index is missing or used twice.</summary>
    public static async Task<string?> FaultAsync(string path, IReadOnlyCollection<int> promised)
    {
        long head;
        try
        {
            using var log = SqliteDisclosureLog.Open(path, Options, NullLogger<SqliteDisclosureLog>.Instance);
            await log.AppendAsync(NumberedLeaf.Of(NumberedLeaf.After, 20), scope: null);
            head = log.Head;
        }
        catch (Exception e) when (e is StoreException or LogUnavailableException)
        {
            return $"does not go on: {e.Message} {e.InnerException?.Message}";
        }

        using var reader = SqliteLogReader.Open(path);
        var leaves = await reader.ReadAsync(0, int.MaxValue, CancellationToken.None);
        if (leaves.Count != head || leaves.Where((leaf, i) => leaf.Index != i).Any())
        {
            return $"has {leaves.Count} leaves with indices up to {leaves[^1].Index}, and says it has {head}";
        }

        var numbers = new HashSet<int>();
        foreach (var leaf in leaves)
        {
            if (NumberedLeaf.Read(leaf.Bytes) is not { } number)
            {
                return $"leaf {leaf.Index} is none that was appended";
            }

            if (!numbers.Add(number))
            {
                return $"has leaf {number} twice";
            }
        }

        var lost = promised.Where(p => !numbers.Contains(p)).ToList();
        return lost.Count > 0 ? $"lost {lost.Count} acknowledged leaves, the first {lost.Min()} of {promised.Count}"
            : NumberedLeaf.Read(leaves[^1].Bytes) != NumberedLeaf.After ? "did not append at its end"
            : null;
    }
}
