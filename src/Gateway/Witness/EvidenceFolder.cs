using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Witnesses;
using Gateway.Hosting;

namespace Gateway.Witness;

/// <summary>
/// Keeps what may prove that a log misbehaved: a folder for each case, with the note that was cosigned last (<c>cosigned</c>) and the
/// request that does not go with it, byte for byte (<c>submitted</c>). Used by one caller at a time.
/// </summary>
/// <param name="path">The folder; made when first needed.</param>
internal sealed class EvidenceFolder(string path)
{
    /// <summary>Cases kept; those after are only logged, so that nobody can fill the disk.</summary>
    public const int MostCases = 1000;

    /// <summary>Keeps a case once.</summary>
    public KeptEvidence Keep(Suspicion suspicion, SignedNote cosigned, AddCheckpoint submitted)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(submitted.Checkpoint.Origin + "\n" + submitted.Note.Text)).AsSpan(0, 8));
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{suspicion.ToString().ToLowerInvariant()}-{submitted.Checkpoint.Head.Size}-{hash}");
        var folder = Path.Combine(path, name);
        if (Directory.Exists(folder))
        {
            return new KeptEvidence(folder, IsNew: false);
        }

        try
        {
            PrivateFolder.Ensure(path);
            if (Directory.EnumerateDirectories(path).Take(MostCases).Count() == MostCases)
            {
                return new KeptEvidence($"nowhere: {path} holds {MostCases.ToString(CultureInfo.InvariantCulture)} cases", IsNew: true);
            }

            var unfinished = Path.Combine(path, "." + name);
            PrivateFolder.Ensure(unfinished);
            Write(Path.Combine(unfinished, "cosigned"), cosigned.ToBytes());
            Write(Path.Combine(unfinished, "submitted"), submitted.ToBytes());
            Directory.Move(unfinished, folder);
            return new KeptEvidence(folder, IsNew: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The checkpoint is refused all the same; the log line tells it.
            return new KeptEvidence($"nowhere: {e.Message}", IsNew: true);
        }
    }

    private static void Write(string file, byte[] bytes)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>Where a case is kept.</summary>
/// <param name="Where">The folder, or why there is none.</param>
/// <param name="IsNew">False where the same checkpoint was kept before.</param>
internal readonly record struct KeptEvidence(string Where, bool IsNew);
