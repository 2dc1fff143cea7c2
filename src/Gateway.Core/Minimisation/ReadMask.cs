using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Annotations;

namespace Gateway.Core.Minimisation;

/// <summary>
/// The metadata <c>gateway-read-mask</c>: paths of the record, comma separated, blanks around them ignored. It can only narrow: a
/// message named in it means its leaves, a known path that is not granted is withheld without an error.
/// </summary>
public static class ReadMask
{
    /// <summary>The metadata's key.</summary>
    public const string MetadataKey = "gateway-read-mask";

    /// <summary>Longest value read, characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>Why a value over <see cref="MaxLength"/> is refused.</summary>
    public const string TooLong = "The read mask is longer than 4096 characters. Name a message to stand for its fields.";

    /// <summary>Why a value with an unknown path is refused. Tells nothing of what was sent.</summary>
    public const string UnknownPath =
        "The read mask names a path that the record does not have. Write field names as in the proto, joined by dots and separated by commas.";

    /// <summary>
    /// True with what of <paramref name="granted"/> the mask lets through; false with <see cref="TooLong"/> or
    /// <see cref="UnknownPath"/>. Null, empty and blank stand for all that is granted.
    /// </summary>
    public static bool TryApply(
        RecordType record, FieldSet granted, string? value, [NotNullWhen(true)] out FieldSet? allowed, [NotNullWhen(false)] out string? error)
    {
        (allowed, error) = (null, null);
        if (string.IsNullOrWhiteSpace(value))
        {
            allowed = granted;
            return true;
        }

        if (value.Length > MaxLength)
        {
            error = TooLong;
            return false;
        }

        var named = new List<Leaf>();
        foreach (var path in value.Split(',', StringSplitOptions.TrimEntries))
        {
            var leaves = record.Resolve(path);
            if (leaves.IsEmpty)
            {
                error = UnknownPath;
                return false;
            }

            named.AddRange(leaves);
        }

        allowed = FieldSet.Of(record, named).Intersect(granted);
        return true;
    }
}
