using System.Security.Cryptography;

namespace Gateway.Listeners;

/// <summary>
/// Files that make one value together, read again and again. Told apart by content; a broken new content keeps the last good value
/// and says what is wrong.
/// </summary>
internal sealed class WatchedFiles<T>(IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> parse)
    where T : class
{
    private byte[]? _seen;

    /// <summary>The last good value; null until there was one.</summary>
    public T? Value { get; private set; }

    /// <summary>What is wrong with the files as they are now; null when nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads the files. True when <see cref="Value"/> or <see cref="Problem"/> changed.</summary>
    public bool Refresh()
    {
        var texts = new List<string>(paths.Count);
        try
        {
            texts.AddRange(paths.Select(File.ReadAllText));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail($"{e.Message}");
        }

        var hash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\0', texts)));
        if (_seen.AsSpan().SequenceEqual(hash))
        {
            return false;
        }

        _seen = hash;
        try
        {
            Value = parse(texts);
            Problem = null;
            return true;
        }
        catch (InvalidCertificatesException e)
        {
            Problem = e.Message;
            return true;
        }
    }

    private bool Fail(string problem)
    {
        // Whatever comes back, even the old content, is looked at again and clears the problem.
        _seen = null;
        var changed = Problem != problem;
        Problem = problem;
        return changed;
    }
}

/// <summary>The certificates folder does not hold what it must. The message names the file and what is wrong with it.</summary>
internal sealed class InvalidCertificatesException(string message) : Exception(message);
