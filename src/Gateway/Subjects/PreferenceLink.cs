using System.Text;
using Gateway.Core.Permissions;

namespace Gateway.Subjects;

/// <summary>What a link does, as it is sealed in its token: one thing, for one subject, once, until it expires.</summary>
/// <param name="Id">Names it in the log once it is used.</param>
/// <param name="Partner">Whose link it is; nobody else can bring it.</param>
/// <param name="SubjectId">The shop's id of the person.</param>
/// <param name="Topic">A list or a purpose.</param>
/// <param name="State">What it says about the topic.</param>
/// <param name="Made">When it was made.</param>
/// <param name="Expires">From when on it is none.</param>
internal sealed record PreferenceLink(
    Guid Id, string Partner, string SubjectId, string Topic, PreferenceState State, DateTimeOffset Made, DateTimeOffset Expires)
{
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            writer.Write(Id.ToByteArray());
            writer.Write(Partner);
            writer.Write(SubjectId);
            writer.Write(Topic);
            writer.Write((byte)State);
            writer.Write(Made.UtcTicks);
            writer.Write(Expires.UtcTicks);
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote: the seal tells that it did.</summary>
    public static PreferenceLink Of(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        return new PreferenceLink(
            new Guid(reader.ReadBytes(16)),
            reader.ReadString(),
            reader.ReadString(),
            reader.ReadString(),
            (PreferenceState)reader.ReadByte(),
            new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));
    }

    /// <summary>Never the person's id.</summary>
    public override string ToString() => $"{Id:N} {Topic} {State}";
}
