using System.Text;
using Gateway.Core.Log;
using Google.Protobuf;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>What few entries have in common, as the index's posting lists know it: a letter for its sort, then its bytes.</summary>
internal static class IndexTerm
{
    private const byte ReceiptSort = (byte)'i';
    private const byte TraceSort = (byte)'t';
    private const byte ReleasedSort = (byte)'r';
    private const byte WithdrawnSort = (byte)'w';
    private const byte SubjectSort = (byte)'s';
    private const byte TargetSort = (byte)'a';

    /// <summary>The receipt's id.</summary>
    public static byte[] Receipt(ReadOnlySpan<byte> id) => [ReceiptSort, .. id];

    /// <summary>A trace, the gateway's or the partner's own.</summary>
    public static byte[] Trace(ReadOnlySpan<byte> trace) => [TraceSort, .. trace];

    /// <summary>A record that the entry released.</summary>
    public static byte[] Released(ReadOnlySpan<byte> record) => [ReleasedSort, .. record];

    /// <summary>A record whose tombstone the entry sent without releasing it.</summary>
    public static byte[] Withdrawn(ReadOnlySpan<byte> record) => [WithdrawnSort, .. record];

    /// <summary>A subject of which the entry released a record.</summary>
    public static byte[] Subject(ReadOnlySpan<byte> subject) => [SubjectSort, .. subject];

    /// <summary>What an entry without a caller was done to.</summary>
    public static byte[] Target(string target) => [TargetSort, .. Encoding.UTF8.GetBytes(target)];

    /// <summary>Every term of an entry; some may come twice.</summary>
    public static IEnumerable<byte[]> Of(Protos.Log.V1.Entry entry)
    {
        yield return Receipt(entry.Receipt.Span);
        if (!entry.Trace.IsEmpty)
        {
            yield return Trace(entry.Trace.Span);
        }

        if (entry.Link.Length >= 16)
        {
            yield return Trace(entry.Link.Span[..16]);
        }

        if (entry.Caller is null)
        {
            yield return Target(LogFilter.PartnerOf(entry));
        }

        for (var at = 0; at < Whole(entry.Records); at += SubjectKey.PseudonymSize)
        {
            yield return Released(entry.Records.Span.Slice(at, SubjectKey.PseudonymSize));
        }

        for (var at = 0; at < Whole(entry.Subjects); at += SubjectKey.PseudonymSize)
        {
            yield return Subject(entry.Subjects.Span.Slice(at, SubjectKey.PseudonymSize));
        }

        if (!entry.Tombstones.IsEmpty)
        {
            foreach (var record in EntryPseudonyms.Of(entry.Tombstones).Except(EntryPseudonyms.Of(entry.Records)))
            {
                yield return Withdrawn(Bytes(record));
            }
        }
    }

    /// <summary>A pseudonym's 16 bytes.</summary>
    public static byte[] Bytes(Pseudonym pseudonym)
    {
        var bytes = new byte[SubjectKey.PseudonymSize];
        pseudonym.CopyTo(bytes);
        return bytes;
    }

    private static int Whole(ByteString joined) => joined.Length - (joined.Length % SubjectKey.PseudonymSize);
}
