namespace Gateway.Core.Legal;

/// <summary>A member of staff as the connection's certificate proved them.</summary>
/// <param name="Id">The id that <c>staff.yaml</c> gives.</param>
/// <param name="Uri">The certificate's SPIFFE ID.</param>
/// <param name="Key">SHA-256 of the certificate's public key: <c>sha256:…</c>.</param>
public sealed record Person(string Id, string Uri, string Key)
{
    /// <summary>
    /// True where any of the three agrees: a second certificate, a second id or a second name for one key does not make a second person.
    /// </summary>
    public bool IsSameAs(Person other) => Id == other.Id || Uri == other.Uri || Key == other.Key;
}
