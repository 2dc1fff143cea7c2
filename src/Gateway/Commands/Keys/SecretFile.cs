using System.Globalization;

namespace Gateway.Commands.Keys;

/// <summary>One file that holds a secret, seen from outside.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Path">Where.</param>
/// <param name="Protects">What is lost or open when it is lost or open.</param>
/// <param name="Changed">Last written; null where it does not exist.</param>
/// <param name="Mode">Unix permissions, octal; null where there are none.</param>
/// <param name="Note">What is wrong with it; null when nothing is.</param>
internal sealed record SecretFile(string Name, string Path, string Protects, DateTimeOffset? Changed, string? Mode, string? Note)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Looks at the file; its content is not read.</summary>
    public static SecretFile Of(string name, string path, string protects)
    {
        if (!File.Exists(path))
        {
            return new SecretFile(name, path, protects, Changed: null, Mode: null, Note: null);
        }

        var mode = OperatingSystem.IsWindows() ? (UnixFileMode?)null : File.GetUnixFileMode(path);
        return new SecretFile(
            name, path, protects, new DateTimeOffset(File.GetLastWriteTimeUtc(path)),
            mode is { } bits ? Convert.ToString((int)bits, toBase: 8).PadLeft(4, '0') : null,
            mode is { } wide && (wide | OwnerOnly) != OwnerOnly && !FolderIsPrivate(path) ? $"others can read it; run: chmod 600 {path}" : null);
    }

    /// <summary>Age in words: <c>3 days ago</c>, or that it does not exist yet.</summary>
    public string ChangedText(TimeProvider clock) => Changed is not { } changed ? "does not exist" : (clock.GetUtcNow() - changed) switch
    {
        { TotalDays: >= 2 } age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days ago"),
        { TotalHours: >= 2 } age => string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours ago"),
        var age => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalMinutes):0} minutes ago"),
    };

    // A folder that others cannot enter hides what lies in it, whatever its own mode.
    private static bool FolderIsPrivate(string path) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(System.IO.Path.GetDirectoryName(path)!) | OwnerOnly | UnixFileMode.UserExecute)
            == (OwnerOnly | UnixFileMode.UserExecute);
}
