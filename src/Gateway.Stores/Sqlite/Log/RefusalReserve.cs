using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gateway.Stores.Sqlite.Log;

/// <summary>
/// Room for refusals while the log's disk is full: a file of a fixed size beside the log, written in full when it is made, then overwritten
/// in place. A record is its round, its number, the leaf's length, the leaf, and SHA-256 over all of these. A round ends when its leaves
/// are in the log, which notes it in the same transaction: a record of a round that the log has noted is blank space. So each leaf
/// reaches the log once, whatever ends the process in between. Used by the log's writer thread alone.
/// </summary>
internal sealed class RefusalReserve : IDisposable
{
    private const int Head = 12;
    private const int Hash = SHA256.HashSizeInBytes;

    private readonly FileStream _file;
    private readonly long _size;
    private readonly List<byte[]> _leaves = [];
    private long _end;

    private RefusalReserve(FileStream file, long size, int round)
    {
        _file = file;
        _size = size;
        Round = round;
    }

    /// <summary>The round now being written; the log has noted the one before.</summary>
    public int Round { get; private set; }

    /// <summary>What the log must take before anything else, in order.</summary>
    public IReadOnlyList<byte[]> Leaves => _leaves;

    /// <summary>Opens the reserve, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">Bytes that it takes on the disk.</param>
    /// <param name="noted">The last round that the log has noted; 0 where none.</param>
    /// <exception cref="StoreException">There is no room for it.</exception>
    public static RefusalReserve Open(string path, long size, int noted)
    {
        try
        {
            var file = PrivateFile.Open(path);
            try
            {
                Fill(file, size);
                PrivateFile.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
                var reserve = new RefusalReserve(file, size, noted + 1);
                reserve.Read();
                return reserve;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be made: it keeps {size} bytes of the disk for refusals. Free space, or see to the folder's rights.", e);
        }
    }

    /// <summary>Writes a leaf; durable after <see cref="Sync"/>. False when there is no room.</summary>
    public bool TryWrite(ReadOnlySpan<byte> leaf)
    {
        if (_end + Head + leaf.Length + Hash > _size)
        {
            return false;
        }

        var record = new byte[Head + leaf.Length + Hash];
        BinaryPrimitives.WriteInt32BigEndian(record, Round);
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(4), _leaves.Count);
        BinaryPrimitives.WriteInt32BigEndian(record.AsSpan(8), leaf.Length);
        leaf.CopyTo(record.AsSpan(Head));
        SHA256.HashData(record.AsSpan(0, Head + leaf.Length), record.AsSpan(Head + leaf.Length));
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, record, _end);
        }
        catch (IOException)
        {
            // A file system that does not overwrite in place may have no room even here.
            return false;
        }

        _end += record.Length;
        _leaves.Add(leaf.ToArray());
        return true;
    }

    /// <exception cref="IOException">What was written may not be there after a loss of power; fatal, as any failed sync is.</exception>
    public void Sync() => _file.Flush(flushToDisk: true);

    /// <summary>The log has taken all leaves and noted the round.</summary>
    public void Emptied()
    {
        Round++;
        _end = 0;
        _leaves.Clear();
    }

    public void Dispose() => _file.Dispose();

    private void Read()
    {
        var bytes = new byte[_size];
        _ = RandomAccess.Read(_file.SafeFileHandle, bytes, 0);
        while (TryRead(bytes.AsSpan((int)_end)) is { } leaf)
        {
            _leaves.Add(leaf);
            _end += Head + leaf.Length + Hash;
        }
    }

    // Null at what is not the next record of this round: never written, torn, or of an earlier round.
    private byte[]? TryRead(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < Head + Hash
            || BinaryPrimitives.ReadInt32BigEndian(rest) != Round
            || BinaryPrimitives.ReadInt32BigEndian(rest[4..]) != _leaves.Count
            || BinaryPrimitives.ReadInt32BigEndian(rest[8..]) is var length && (length <= 0 || length > rest.Length - Head - Hash)
            || !SHA256.HashData(rest[..(Head + length)]).AsSpan().SequenceEqual(rest.Slice(Head + length, Hash)))
        {
            return null;
        }

        return rest.Slice(Head, length).ToArray();
    }

    private static void Fill(FileStream file, long size)
    {
        var block = new byte[64 * 1024];
        var written = file.Length;
        while (written < size)
        {
            var next = (int)Math.Min(block.Length, size - written);
            RandomAccess.Write(file.SafeFileHandle, block.AsSpan(0, next), written);
            written += next;
        }

        file.Flush(flushToDisk: true);
    }
}
