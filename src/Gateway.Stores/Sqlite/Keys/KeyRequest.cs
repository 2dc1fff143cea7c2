using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>A subject whose key is asked for. Continuations run on the thread pool, never on the writer thread.</summary>
/// <param name="subjectId">The shop's id of the person; kept in memory only.</param>
/// <param name="add">Whether to make a key where there is none.</param>
internal sealed class KeyRequest(string subjectId, bool add)
{
    private readonly TaskCompletionSource<SubjectKey?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string SubjectId { get; } = subjectId;

    public bool Add { get; } = add;

    /// <summary>What was found or made; handed out when it is durable.</summary>
    public SubjectKey? Found { get; set; }

    public Task<SubjectKey?> Completion => _completion.Task;

    public void Succeed() => _completion.SetResult(Found);

    public void Fail(LogUnavailableException failure) => _completion.SetException(failure);
}
