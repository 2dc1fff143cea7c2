using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>
/// A position in a partner's list or stream, sealed and bound to partner, contract, method, purpose and mask: a token of another
/// partner, or for other fields, is no token.
/// </summary>
internal sealed class PageTokens(ITokenSeal seal)
{
    private const int BindingSize = 16;
    private const int HeaderSize = BindingSize + 2 * sizeof(long);

    /// <param name="call">The call that the token continues.</param>
    /// <param name="cursor">The last row sent.</param>
    /// <param name="time">Since when departures are still to be told; the page's own instant for lists.</param>
    /// <param name="changedSince">The list's filter, part of the binding.</param>
    public string Write(AuthorizedCall call, Cursor cursor, DateTimeOffset time, DateTimeOffset? changedSince)
    {
        var key = Encoding.UTF8.GetByteCount(cursor.Key);
        var content = new byte[HeaderSize + key];
        Bind(call, changedSince, content);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(BindingSize), cursor.UpdatedAt.UtcTicks);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(BindingSize + 8), time.UtcTicks);
        Encoding.UTF8.GetBytes(cursor.Key, content.AsSpan(HeaderSize));
        return seal.Seal(content);
    }

    /// <summary>The position, or a refusal of the field.</summary>
    public bool TryRead(AuthorizedCall call, string token, DateTimeOffset? changedSince, out Cursor cursor, out DateTimeOffset time)
    {
        cursor = default;
        time = default;
        if (!seal.TryOpen(token, out var content) || content.Length < HeaderSize)
        {
            return false;
        }

        Span<byte> binding = stackalloc byte[BindingSize];
        Bind(call, changedSince, binding);
        if (!CryptographicOperations.FixedTimeEquals(binding, content.AsSpan(0, BindingSize)))
        {
            return false;
        }

        cursor = new Cursor(Ticks(content, BindingSize), Encoding.UTF8.GetString(content, HeaderSize, content.Length - HeaderSize));
        time = Ticks(content, BindingSize + 8);
        return true;
    }

    private static DateTimeOffset Ticks(byte[] content, int at) =>
        new(BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(at)), TimeSpan.Zero);

    private static void Bind(AuthorizedCall call, DateTimeOffset? changedSince, Span<byte> binding)
    {
        var grant = call.Grant.Grant;
        var paths = string.Join(',', call.Allowed.Leaves(grant.Record).Select(l => l.Path));
        var text = string.Join('\n', grant.Partner, grant.Contract, call.Call.Open.Method!.FullName, grant.Purpose.Key, paths, changedSince?.UtcTicks);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        hash[..BindingSize].CopyTo(binding);
    }
}
