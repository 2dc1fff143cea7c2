using Gateway.Core.Subjects;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Log;

/// <summary>Which entries are releases of records to a partner under a grant: what it owes the deletion of, and is told corrections of.</summary>
public static class PartnerRelease
{
    /// <summary>False for what was shown to the customers themselves, and for disclosures on legal grounds: no grant has its purpose.</summary>
    public static bool Is(Entry entry) =>
        entry is { Kind: Kind.Disclosure, Caller: not null, LegalCase: null } && !entry.Records.IsEmpty && entry.Purpose.Length > 0
        && !OwnAccess.Is(entry);
}
