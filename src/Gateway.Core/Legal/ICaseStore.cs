namespace Gateway.Core.Legal;

/// <summary>
/// Keeps the acts of cases, with the personal data in them. A process boundary. An act is begun before it is recorded in the disclosure
/// log and done after: so the log never tells of an act that the store did not know, unless the store is an older one.
/// </summary>
public interface ICaseStore
{
    /// <summary>Acts that were done, in their order.</summary>
    /// <exception cref="CasesUnavailableException">The store cannot be read, or is damaged.</exception>
    IReadOnlyList<CaseAct> Load();

    /// <summary>Acts begun, done or not, by case.</summary>
    /// <exception cref="CasesUnavailableException">The store cannot be read.</exception>
    IReadOnlyDictionary<string, int> CountBegun();

    /// <summary>Keeps that the act is about to be recorded. Returns when that is durable; gives what <see cref="Finish"/> needs.</summary>
    /// <exception cref="CasesUnavailableException">It is not kept: it must not be recorded.</exception>
    long Begin(CaseAct act);

    /// <summary>Keeps that the act was recorded and is in force, as it is now. Returns when that is durable.</summary>
    /// <exception cref="CasesUnavailableException">It is not kept: it is not in force.</exception>
    void Finish(long begun, CaseAct act);
}

/// <summary>The store of cases cannot be used. The message is for the operator and holds no data of a case.</summary>
public sealed class CasesUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
