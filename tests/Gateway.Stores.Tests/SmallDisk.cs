using System.Diagnostics;

namespace Gateway.Stores.Tests;

/// <summary>A small file system of one test's own. Needs the right to mount; a test without it is skipped and says so, but never in CI.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _mount = Directory.CreateTempSubdirectory("gateway-disk-");

    /// <param name="megabytes">Its size, MiB.</param>
    public SmallDisk(int megabytes = 4)
    {
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _mount.FullName) != 0)
        {
            _mount.Delete();
            (Environment.GetEnvironmentVariable("CI") == "true").ShouldBeFalse("the build has the right to mount a tmpfs; a skipped test would hide a broken safeguard");
            Assert.Skip("needs the right to mount a tmpfs");
        }
    }

    public string this[string file] => Path.Combine(_mount.FullName, file);

    /// <summary>Takes all the space that is left.</summary>
    public void Fill()
    {
        using var ballast = File.OpenWrite(this["ballast"]);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                ballast.Write(block);
                ballast.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(this["ballast"]);

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", _mount.FullName).ShouldBe(0);

    public void Dispose()
    {
        if (_mount.Exists)
        {
            // Lazily: who died with a file open there may not be gone yet.
            Run("umount", "-l", _mount.FullName);
            _mount.Delete();
        }
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
