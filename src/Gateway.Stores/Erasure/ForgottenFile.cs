using System.Text;
using Gateway.Core.Log;
using Gateway.Stores.Sqlite;

namespace Gateway.Stores.Erasure;

/// <summary>
/// The subjects ever forgotten, one mark a line, appended only: so that forgets outlive the part of the log that recorded them. Kept
/// with the log and not with the keys, because it is there to be held against a backup of the keys. Not for concurrent use.
/// </summary>
public sealed class ForgottenFile(string path)
{
    /// <summary>32 hex digits and a line feed.</summary>
    private const int Line = (2 * SubjectMark.Size) + 1;

    /// <summary>Everything in it. A last line that was not written to its end counts for nothing: nobody was told that it was.</summary>
    /// <exception cref="StoreException">It cannot be read, or is damaged.</exception>
    public IReadOnlySet<SubjectMark> Read()
    {
        var forgotten = new HashSet<SubjectMark>();
        if (!File.Exists(path))
        {
            return forgotten;
        }

        try
        {
            var text = File.ReadAllBytes(path).AsSpan();
            Span<byte> mark = stackalloc byte[SubjectMark.Size];
            for (; text.Length >= Line; text = text[Line..])
            {
                if (text[Line - 1] != '\n' || Convert.FromHexString(text[..(Line - 1)], mark, out _, out _) != System.Buffers.OperationStatus.Done)
                {
                    throw new StoreException($"{path} is damaged: a line of it is no mark. Put it back from its backup.");
                }

                forgotten.Add(new SubjectMark(mark));
            }

            return forgotten;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Adds them; durable when this returns.</summary>
    /// <exception cref="StoreException">It could not; what was written of them counts for nothing.</exception>
    public void Append(IEnumerable<SubjectMark> subjects)
    {
        try
        {
            var isNew = !File.Exists(path);
            using (var file = PrivateFile.Open(path))
            {
                var whole = file.Length - (file.Length % Line);
                file.SetLength(whole);
                file.Position = whole;
                file.Write(Encoding.ASCII.GetBytes(string.Concat(subjects.Select(s => $"{s}\n"))));
                file.Flush(flushToDisk: true);
            }

            if (isNew)
            {
                PrivateFile.SyncFolder(Path.GetDirectoryName(path)!);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be written: {e.Message}", e);
        }
    }
}
