using Google.Protobuf;

namespace Gateway.Core.Log;

/// <summary>Pseudonyms as an entry holds them: 16 bytes each, one after another.</summary>
public static class EntryPseudonyms
{
    /// <summary>Reads them in order.</summary>
    public static Pseudonym[] Of(ByteString joined)
    {
        var pseudonyms = new Pseudonym[joined.Length / SubjectKey.PseudonymSize];
        for (var i = 0; i < pseudonyms.Length; i++)
        {
            pseudonyms[i] = new Pseudonym(joined.Span.Slice(i * SubjectKey.PseudonymSize, SubjectKey.PseudonymSize));
        }

        return pseudonyms;
    }
}
