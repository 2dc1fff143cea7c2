namespace Gateway.Core.Log;

/// <summary>Destroys subjects' keys for good: what the log says of them can no longer be linked to a person. A process boundary.</summary>
public interface ISubjectErasure
{
    /// <summary>
    /// Destroys these subjects' keys, durably: none is found or handed out afterwards, and who is asked for again gets a new key. By
    /// mark, so that a key made since for the same person stays.
    /// </summary>
    /// <exception cref="LogUnavailableException">The key store cannot be used now: they may all still be there.</exception>
    ValueTask<DestroyedKeys> DestroyAsync(IReadOnlyCollection<SubjectMark> subjects);
}

/// <summary>What was destroyed.</summary>
/// <param name="Subjects">Those of the subjects asked for whose keys the store held.</param>
/// <param name="Traces">
/// Null when nothing of the keys is left in the store's files; else why freed bytes of them may be: they are wiped with the next
/// destruction, and at the next start at the latest.
/// </param>
public sealed record DestroyedKeys(IReadOnlyList<SubjectMark> Subjects, string? Traces);
