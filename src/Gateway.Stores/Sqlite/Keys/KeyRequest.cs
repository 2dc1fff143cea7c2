using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>What is asked of the store, one by one. Continuations run on the thread pool, never on the writer thread.</summary>
internal abstract class KeyRequest
{
    /// <summary>Hands out what was found or made; it is durable.</summary>
    public abstract void Succeed();

    public abstract void Fail(LogUnavailableException failure);
}

/// <inheritdoc/>
/// <typeparam name="T">What answers it.</typeparam>
internal abstract class KeyRequest<T> : KeyRequest
{
    private readonly TaskCompletionSource<T?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public T? Found { get; set; }

    public Task<T?> Completion => _completion.Task;

    public override void Succeed() => _completion.SetResult(Found);

    public override void Fail(LogUnavailableException failure) => _completion.SetException(failure);
}

/// <summary>A subject's key.</summary>
/// <param name="subjectId">The shop's id of the person; stored sealed only.</param>
/// <param name="add">Whether to make a key where there is none.</param>
internal sealed class FindRequest(string subjectId, bool add) : KeyRequest<SubjectKey>
{
    public string SubjectId { get; } = subjectId;

    public bool Add { get; } = add;
}

/// <summary>The person behind a pseudonym.</summary>
internal sealed class IdentityRequest(Pseudonym subject) : KeyRequest<SubjectIdentity>
{
    public Pseudonym Subject { get; } = subject;
}

/// <summary>The end of some subjects' keys.</summary>
internal sealed class DestroyRequest(IReadOnlyCollection<SubjectMark> subjects) : KeyRequest<DestroyedKeys>
{
    public IReadOnlyCollection<SubjectMark> Subjects { get; } = subjects;
}
