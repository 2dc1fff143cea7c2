using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>What many entries have in common. There are few of them, so that any filter over these is a short list of shapes.</summary>
/// <param name="Kind">Which kind of entry.</param>
/// <param name="Partner">The caller; null where there is none.</param>
/// <param name="Key">The caller's key; empty where there is none.</param>
/// <param name="Method">The method.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Refusal">The refusal's reason.</param>
/// <param name="Scope">The scope's hash; empty where there is none.</param>
/// <param name="Records">True where records were released.</param>
/// <param name="Action">The act of an administration.</param>
internal readonly record struct EntryShape(
    Kind Kind, string? Partner, ByteString Key, string Method, string Purpose, Outcome Outcome, string Refusal, ByteString Scope, bool Records,
    string Action)
{
    public static EntryShape Of(Entry entry) => new(
        entry.Kind, entry.Caller?.Partner, entry.Caller?.Spki ?? ByteString.Empty, entry.Method, entry.Purpose, entry.Outcome, entry.Refusal,
        entry.Scope, !entry.Records.IsEmpty, entry.Administration?.Action ?? "");
}
