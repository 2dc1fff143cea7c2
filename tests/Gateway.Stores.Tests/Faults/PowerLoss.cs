namespace Gateway.Stores.Tests.Faults;

/// <summary>Which part of what was not yet synced a loss of power leaves on the disk.</summary>
internal interface IPowerLoss
{
    /// <summary>True where a pending change of a name or of a length is there.</summary>
    bool Keeps();

    /// <summary>Puts what is left of a pending write into the file.</summary>
    void Write(FileImage file, long offset, byte[] bytes);
}

/// <summary>All of it, or nothing.</summary>
internal sealed class WholePowerLoss(bool keeps) : IPowerLoss
{
    public bool Keeps() => keeps;

    public void Write(FileImage file, long offset, byte[] bytes)
    {
        if (keeps)
        {
            file.Write(offset, bytes);
        }
    }
}

/// <summary>Each change by chance, and of a torn write each sector by chance; a file may have grown without its bytes.</summary>
/// <param name="random">Chance.</param>
/// <param name="torn">False: a write is there as a whole or not at all.</param>
internal sealed class RandomPowerLoss(Random random, bool torn) : IPowerLoss
{
    /// <summary>What a disk writes at once, bytes.</summary>
    private const int Sector = 512;

    public bool Keeps() => random.Next(2) == 0;

    public void Write(FileImage file, long offset, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var length = torn ? (int)Math.Min(bytes.Length - at, Sector - ((offset + at) % Sector)) : bytes.Length;
            if (Keeps())
            {
                file.Write(offset + at, bytes.AsSpan(at, length));
            }
            else if (random.Next(4) == 0)
            {
                file.Extend(offset + at + length);
            }

            at += length;
        }
    }
}

/// <summary>A file's bytes.</summary>
internal sealed class FileImage
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Extend(offset + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan((int)offset));
    }

    /// <summary>Grows it, with zeros, where it is shorter.</summary>
    public void Extend(long length)
    {
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(length, 2L * _bytes.Length));
        }

        _length = (int)Math.Max(_length, length);
    }

    public void Truncate(long length)
    {
        Extend(length);
        _bytes.AsSpan((int)length, _length - (int)length).Clear();
        _length = (int)length;
    }

    public void Save(string path)
    {
        using var file = File.Create(path);
        file.Write(_bytes, 0, _length);
    }
}
