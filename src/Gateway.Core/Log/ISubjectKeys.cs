namespace Gateway.Core.Log;

/// <summary>
/// The random key of each subject, in a store apart from the log. Found by an HMAC of the subject's id under a master key. A process
/// boundary. Destroying a subject's key unlinks both its subject and its record pseudonyms.
/// </summary>
public interface ISubjectKeys
{
    /// <summary>The subject's key, made and durable before this completes if there was none.</summary>
    /// <exception cref="LogUnavailableException">The key store cannot answer.</exception>
    ValueTask<SubjectKey> GetOrAddAsync(string subjectId);

    /// <summary>The keys of several subjects, in their order. A store that syncs makes the missing ones in one commit, not one after another.</summary>
    /// <exception cref="LogUnavailableException">The key store cannot answer.</exception>
    async ValueTask<SubjectKey[]> GetOrAddAsync(IReadOnlyList<string> subjectIds)
    {
        var keys = new SubjectKey[subjectIds.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = await GetOrAddAsync(subjectIds[i]);
        }

        return keys;
    }

    /// <summary>The subject's key, or null where there is none.</summary>
    /// <exception cref="LogUnavailableException">The key store cannot answer.</exception>
    ValueTask<SubjectKey?> FindAsync(string subjectId);
}
