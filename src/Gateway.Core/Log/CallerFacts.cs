using System.Globalization;
using Gateway.Core.Identity;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Core.Log;

/// <summary>Who called, as leaves name it: serialised once for a connection and copied into each of its leaves. Immutable.</summary>
public sealed class CallerFacts
{
    private readonly byte[] _field;

    /// <param name="partner">The partner's id, or <c>_OTHER</c> where no contract knows the certificate.</param>
    /// <param name="connection">The connection.</param>
    public CallerFacts(string partner, PeerConnection connection)
    {
        Partner = partner;
        // As the one field of an otherwise empty entry: its bytes are then the same wherever they are copied to.
        _field = new Entry
        {
            Caller = new Entry.Types.Caller
            {
                Partner = partner,
                Spki = ByteString.CopyFrom(connection.Identity.Key.Bytes.Span),
                Serial = ByteString.CopyFrom(connection.Identity.Serial.Span),
                Peer = string.Create(CultureInfo.InvariantCulture, $"{connection.Remote}"),
                Connection = connection.Id,
            },
        }.ToByteArray();
    }

    /// <summary>The partner's id, or <c>_OTHER</c>.</summary>
    public string Partner { get; }

    /// <summary>The entry's field <c>caller</c>, with tag and length.</summary>
    internal ReadOnlySpan<byte> Field => _field;
}
