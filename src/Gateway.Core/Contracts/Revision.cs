using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Contracts;

/// <summary>
/// The name of an exact set of policy and contracts: SHA-256, lower-case hex, over <c>gateway-contracts-v1</c> and a line feed, then
/// for each file in ordinal order of its name: length of the name (8 bytes, big-endian), the name (UTF-8), length of the contents
/// (8 bytes, big-endian), the contents. <c>staff.yaml</c> is no part of it.
/// </summary>
public static class Revision
{
    /// <summary>Length of a revision, characters.</summary>
    public const int Length = 64;

    /// <summary>The revision of <paramref name="files"/>, in whatever order they come.</summary>
    public static string Of(IEnumerable<ContractFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("gateway-contracts-v1\n"u8);
        foreach (var file in Parts(files))
        {
            Append(hash, Encoding.UTF8.GetBytes(file.Name));
            Append(hash, file.Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The files that make up a revision, in its order.</summary>
    public static IEnumerable<ContractFile> Parts(IEnumerable<ContractFile> files) =>
        files.Where(f => f.Name != ContractFile.Staff).OrderBy(f => f.Name, StringComparer.Ordinal);

    /// <summary>True for 64 lower-case hex digits.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length == Length && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
