using System.Buffers;
using System.Buffers.Binary;

namespace Gateway.Core.Log.Tree;

/// <summary>Entries as c2sp.org/tlog-tiles bundles them: each with its length before it, two bytes, big-endian.</summary>
/// <remarks>The log holds no empty entry: length 0 stands in the place of one that is lost or was pruned, so that the others keep theirs.</remarks>
public static class EntryBundle
{
    /// <summary>The longest entry, bytes.</summary>
    public const int MaxEntry = ushort.MaxValue;

    /// <summary>Puts an entry at the end; an empty one says that it is lost.</summary>
    public static void Append(IBufferWriter<byte> bundle, ReadOnlySpan<byte> entry)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.Length, MaxEntry, nameof(entry));
        BinaryPrimitives.WriteUInt16BigEndian(bundle.GetSpan(sizeof(ushort)), (ushort)entry.Length);
        bundle.Advance(sizeof(ushort));
        bundle.Write(entry);
    }

    /// <summary>The entries, in order. Stops where the bytes end in the middle of one: what is missing is then not there.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> bundle)
    {
        var entries = new List<ReadOnlyMemory<byte>>(TiledResource.FullWidth);
        while (bundle.Length >= sizeof(ushort))
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.Span);
            if (bundle.Length < sizeof(ushort) + length)
            {
                break;
            }

            entries.Add(bundle.Slice(sizeof(ushort), length));
            bundle = bundle[(sizeof(ushort) + length)..];
        }

        return entries;
    }

    /// <summary>The bundle of the first <paramref name="width"/> entries; shorter where there are fewer.</summary>
    public static ReadOnlyMemory<byte> First(ReadOnlyMemory<byte> bundle, int width)
    {
        var end = 0;
        for (var i = 0; i < width && bundle.Length - end >= sizeof(ushort); i++)
        {
            end += sizeof(ushort) + BinaryPrimitives.ReadUInt16BigEndian(bundle.Span[end..]);
        }

        return bundle[..Math.Min(end, bundle.Length)];
    }
}
