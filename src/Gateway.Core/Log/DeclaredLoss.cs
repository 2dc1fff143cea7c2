using System.Globalization;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Log;

/// <summary>
/// Entries that were lost and are declared so by the entry that follows the gap, at index <paramref name="Past"/>. Their hashes stay in
/// the tree, so that every proof holds; what they told is not there.
/// </summary>
/// <param name="First">The first one lost.</param>
/// <param name="Past">The first index after them: that of the declaration.</param>
public readonly record struct DeclaredLoss(long First, long Past)
{
    /// <summary>The act's name.</summary>
    public const string Action = "log.declare-loss";

    private const string Prefix = "entries ";

    /// <summary>The act's target.</summary>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{First}-{Past - 1}");

    /// <summary>What this leaf declares; null where it declares no loss right before it.</summary>
    public static DeclaredLoss? Of(StoredLeaf leaf)
    {
        Entry entry;
        try
        {
            entry = Entry.Parser.ParseFrom(leaf.Bytes);
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return null;
        }

        if (entry.Administration is not { Action: Action } act || !act.Target.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var first = act.Target[Prefix.Length..].Split('-')[0];
        return long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && new DeclaredLoss(from, leaf.Index) is var loss && loss.Target == act.Target ? loss : null;
    }
}
