using Gateway.Protos.Log.V1;

namespace Gateway.Core.Subjects;

/// <summary>Tells a subject's own access from a disclosure to somebody.</summary>
public static class OwnAccess
{
    /// <summary>True for an entry of the subject's own service: what it released went to the person whose it is.</summary>
    public static bool Is(Entry entry) => entry.Method.StartsWith(SubjectAccess.Service + "/", StringComparison.Ordinal);
}
