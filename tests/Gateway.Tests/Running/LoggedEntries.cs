using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;

namespace Gateway.Tests.Running;

/// <summary>Everything in a disclosure log, read as an auditor would: from the file, leaf by leaf.</summary>
internal static class LoggedEntries
{
    /// <summary>The entries from <paramref name="from"/> on, in order; fails where an index is missing.</summary>
    public static async Task<List<Entry>> ReadAsync(string path, long from = 0)
    {
        using var reader = SqliteLogReader.Open(path);
        var head = await reader.GetHeadAsync(CancellationToken.None);
        var entries = new List<Entry>();
        while (from + entries.Count < head)
        {
            foreach (var leaf in await reader.ReadAsync(from + entries.Count, 1000, CancellationToken.None))
            {
                leaf.Index.ShouldBe(from + entries.Count, "the log has a gap");
                entries.Add(Entry.Parser.ParseFrom(leaf.Bytes));
            }
        }

        return entries;
    }

    /// <summary>The receipt's id as partners see it.</summary>
    public static string Id(this Entry entry) => new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true)).ToString();
}
