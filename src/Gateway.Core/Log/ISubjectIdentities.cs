namespace Gateway.Core.Log;

/// <summary>
/// Finds the person behind a pseudonym, for staff who may: the log alone cannot. A process boundary. Each use is an act that its caller
/// records first.
/// </summary>
public interface ISubjectIdentities
{
    /// <summary>What is kept of the person. Null where there is no key: it was destroyed, or never was.</summary>
    /// <exception cref="LogUnavailableException">The key store cannot answer.</exception>
    ValueTask<SubjectIdentity?> FindIdentityAsync(Pseudonym subject);
}

/// <summary>Whose a pseudonym is.</summary>
/// <param name="SubjectId">
/// The shop's id of the person. Null where the key was made before identities were kept, and the person has not been seen since.
/// </param>
public sealed record SubjectIdentity(string? SubjectId)
{
    /// <summary>Never the person's id.</summary>
    public override string ToString() => nameof(SubjectIdentity);
}
