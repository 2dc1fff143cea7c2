using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Core.Log.Tree;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Core.Log.Verification;

/// <summary>
/// Entries that are no longer there, and the administration entry that says so: lost and declared, or archived and pruned. Their
/// hashes stay in the tree.
/// </summary>
/// <param name="Entries">Which.</param>
/// <param name="IsArchived">True: archived. False: a declared loss.</param>
/// <param name="DeclaredAt">Index of the entry that says so.</param>
public sealed record LogGap(TreeRange Entries, bool IsArchived, long DeclaredAt)
{
    /// <summary>The act that declares a loss; its target is <see cref="Target"/>.</summary>
    public const string DeclareLoss = "log.declare-loss";

    /// <summary>The act that archives entries before they are pruned; its target is <see cref="Target"/>.</summary>
    public const string Archive = "log.archive";

    /// <summary>Entries as an act names them: <c>900-999</c>, first and last.</summary>
    public static string Target(TreeRange entries) => string.Create(CultureInfo.InvariantCulture, $"{entries.Start}-{entries.End - 1}");

    /// <summary>Parses <see cref="Target"/>; false for anything else.</summary>
    public static bool TryParse(string target, out TreeRange entries)
    {
        entries = default;
        var parts = target.Split('-');
        if (parts.Length != 2 || !TryNumber(parts[0], out var first) || !TryNumber(parts[1], out var last) || last < first)
        {
            return false;
        }

        entries = new TreeRange(first, last + 1);
        return true;
    }

    /// <summary>The loss that a leaf declares of the entries right before itself; null for any other leaf.</summary>
    public static LogGap? LossBefore(StoredLeaf leaf)
    {
        try
        {
            return TryFrom(Entry.Parser.ParseFrom(leaf.Bytes), leaf.Index, out var gap) && !gap.IsArchived && gap.Entries.End == leaf.Index ? gap : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The gap that an entry declares; false for any other entry. An entry can declare only what is before it.</summary>
    internal static bool TryFrom(Entry entry, long index, [NotNullWhen(true)] out LogGap? gap)
    {
        gap = entry.Administration is { Action: DeclareLoss or Archive } act && TryParse(act.Target, out var entries) && entries.End <= index
            ? new LogGap(entries, act.Action == Archive, index)
            : null;
        return gap is not null;
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < long.MaxValue;
}
