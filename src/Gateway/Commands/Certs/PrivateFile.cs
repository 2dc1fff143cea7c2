using System.Text;

namespace Gateway.Commands.Certs;

/// <summary>Writes a file so that readers see the old one or the whole new one. A key is 0600 from its first byte on.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everyone = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a private key, readable by its owner alone.</summary>
    public static void WriteKey(string path, string pem) => Write(path, pem, Owner);

    /// <summary>Writes a certificate.</summary>
    public static void WriteCertificate(string path, string pem) => Write(path, pem, Everyone);

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.ASCII.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
