using System.Collections.Immutable;
using System.Text;

namespace Gateway.Tests.Telemetry;

/// <summary>A secret found where it must not be.</summary>
/// <param name="Secret">Which.</param>
/// <param name="Form">How it was written there: <c>base64</c>, <c>hex</c>, ….</param>
/// <param name="Offset">Byte offset in what was searched.</param>
internal sealed record CanaryHit(string Secret, string Form, int Offset);

/// <summary>
/// Unique values, put into every personal field and every input of a partner, then looked for where none may be: as they are, in any
/// case, base64 and base64url at each alignment, hex, URL-encoded, JSON-escaped, UTF-16.
/// </summary>
internal sealed class Canaries
{
    /// <summary>Shorter secrets would be found by chance.</summary>
    public const int Shortest = 6;

    private readonly ImmutableArray<CanaryForm> _forms;

    /// <param name="secrets">Each at least <see cref="Shortest"/> characters.</param>
    public Canaries(params IEnumerable<string> secrets)
    {
        var all = secrets.Distinct(StringComparer.Ordinal).ToArray();
        var tooShort = all.FirstOrDefault(s => s.Length < Shortest);
        if (tooShort is not null)
        {
            throw new ArgumentException($"'{tooShort}' is too short to be told from chance", nameof(secrets));
        }

        _forms = [.. all.SelectMany(CanaryForm.Of)];
    }

    /// <summary>Every form found in the text.</summary>
    public IReadOnlyList<CanaryHit> In(string text) => In(Encoding.UTF8.GetBytes(text));

    /// <summary>Every form found in the bytes: a message, a file.</summary>
    public IReadOnlyList<CanaryHit> In(ReadOnlySpan<byte> bytes)
    {
        var folded = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            folded[i] = CanaryForm.Lower(bytes[i]);
        }

        var lowered = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).ToLowerInvariant());
        var hits = new List<CanaryHit>();
        foreach (var form in _forms)
        {
            ReadOnlySpan<byte> view = form.View switch
            {
                CanaryView.Exact => bytes,
                CanaryView.AsciiFolded => folded,
                _ => lowered,
            };
            var offset = view.IndexOf(form.Pattern.AsSpan());
            if (offset >= 0)
            {
                hits.Add(new CanaryHit(form.Secret, form.Name, offset));
            }
        }

        return hits;
    }

    /// <summary>Fails the test with what was found where.</summary>
    public void ShouldBeAbsentFrom(string where, string text) => Check(where, In(text));

    /// <summary>Fails the test with what was found where.</summary>
    public void ShouldBeAbsentFrom(string where, ReadOnlySpan<byte> bytes) => Check(where, In(bytes));

    /// <summary>Searches every file below the folder, as bytes.</summary>
    public void ShouldBeAbsentFromFiles(DirectoryInfo folder, string pattern = "*")
    {
        foreach (var file in folder.EnumerateFiles(pattern, SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            Check(file.FullName, In(copy.GetBuffer().AsSpan(0, (int)copy.Length)));
        }
    }

    private static void Check(string where, IReadOnlyList<CanaryHit> hits) =>
        hits.ShouldBeEmpty($"{where} holds what it must not: {string.Join("; ", hits.Select(h => $"'{h.Secret}' as {h.Form} at {h.Offset}"))}");
}
