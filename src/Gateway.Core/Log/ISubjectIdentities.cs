namespace Gateway.Core.Log;

/// <summary>
/// Finds the person behind a pseudonym, for staff who may: the log alone cannot. A process boundary. Each use is an act that its caller
/// records first.
/// </summary>
public interface ISubjectIdentities
{
    /// <summary>
    /// The shop's id of the person. Null where the key was destroyed, never was, or was made before identities were kept and the person
    /// has not been seen since.
    /// </summary>
    /// <exception cref="LogUnavailableException">The key store cannot answer.</exception>
    ValueTask<string?> FindSubjectIdAsync(Pseudonym subject);
}
