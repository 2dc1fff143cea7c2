using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Protos.Log.V1;
using Microsoft.Data.Sqlite;

namespace Gateway.Legal;

/// <summary>
/// Where staff act on cases. One act at a time; each is begun in the store, recorded in the disclosure log, and only then in force. An act
/// that a rule refuses is recorded too.
/// </summary>
internal sealed class CaseDesk(ICaseStore store, AdministrationLog administration, TimeProvider clock) : IDelayedNotices, IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    // Swapped whole by the one act that runs.
    private volatile CaseBook _book = Replay(store.Load());

    /// <summary>All cases as they stand.</summary>
    public CaseBook Book => _book;

    /// <summary>The case.</summary>
    /// <exception cref="CaseException">There is none.</exception>
    public Case Get(string id) => _book.Find(id) ?? throw new CaseException(CaseFailure.UnknownCase, "There is no case of this id: gateway legal list tells which there are.");

    /// <summary>Opens a case; its id is made here.</summary>
    /// <exception cref="CaseException">A rule refuses it, or a store is unavailable.</exception>
    public Task<Case> OpenAsync(Person by, CaseTerms terms, CancellationToken cancellationToken) =>
        OneAsync(now => ApplyAsync(new OpenAct(CaseIds.New(now, _book), by, now, terms)), cancellationToken);

    /// <summary>Does an act on a case.</summary>
    /// <param name="id">The case.</param>
    /// <param name="act">The act at the time given.</param>
    /// <param name="cancellationToken">Ends the wait for another act, and nothing that has begun.</param>
    /// <exception cref="CaseException">There is no such case, a rule refuses it, or a store is unavailable.</exception>
    public Task<Case> ActAsync(string id, Func<DateTimeOffset, CaseAct> act, CancellationToken cancellationToken) =>
        OneAsync(now => ApplyAsync(act(Known(id, now))), cancellationToken);

    /// <summary>
    /// Releases: the rules are asked, what the case names is read, the act and the disclosure are recorded, and then it is in force. In
    /// this order, so that nothing can have left that the log does not tell of.
    /// </summary>
    /// <param name="asked">The release as asked for, at the time given, before anything is read.</param>
    /// <param name="id">The case.</param>
    /// <param name="reader">Reads it.</param>
    /// <param name="record">Records the disclosure; gives its receipts.</param>
    /// <param name="cancellationToken">Ends what is not recorded yet.</param>
    /// <exception cref="CaseException">There is no such case, a rule refuses it, or a store, the log or the source is unavailable.</exception>
    public Task<(Case Case, ReleaseAct Act, CaseContents Contents)> ReleaseAsync(
        string id,
        Func<DateTimeOffset, ReleaseAct> asked,
        CaseReader reader,
        Func<Case, CaseContents, Task<System.Collections.Immutable.ImmutableArray<string>>> record,
        CancellationToken cancellationToken) =>
        OneAsync(
            async now =>
            {
                var act = asked(Known(id, now));
                var legal = (await AllowedAsync(act)).Case!;
                var contents = await reader.ReadAsync(legal.Terms, cancellationToken);
                if (contents.Records is 0 or > CaseRules.MaxRecords)
                {
                    throw await RefusedAsync(act, contents.Records == 0 ? CaseRefusal.NothingInScope : CaseRefusal.TooMuchInScope);
                }

                // Reading takes time, and the rules know of it.
                act = asked(clock.GetUtcNow()) with { Records = contents.Records };
                await AllowedAsync(act);
                var begun = store.Begin(act);
                await administration.RecordAsync(Told(act, act.Action, act.Told));
                act = act with { Receipts = await record(legal, contents) };
                Finish(begun, act);
                return (Get(id), act, contents);
            },
            cancellationToken);

    /// <remarks>What the case says now counts, and never an earlier day than the entry was made with.</remarks>
    public ValueTask<bool> IsDelayedAsync(Entry.Types.LegalCase legalCase, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (legalCase.NoticeAfter is not { } noticeAfter)
        {
            return new(false);
        }

        if (_book.Find(legalCase.Id) is not { } legal)
        {
            throw new LogUnavailableException(
                $"The disclosure log tells of the case {legalCase.Id}, and the cases at hand do not: whether its notice is delayed cannot be told.");
        }

        var told = noticeAfter.ToDateTimeOffset();
        return new(legal switch
        {
            { Review.Outcome: ReviewOutcome.Wrong } => false,
            { NoticeAfter: { } after } when after > told => now < after,
            _ => now < told,
        });
    }

    public void Dispose() => _one.Dispose();

    private static CaseBook Replay(IReadOnlyList<CaseAct> acts)
    {
        var book = CaseBook.Empty;
        foreach (var act in acts)
        {
            // Only what the rules had allowed was kept: anything else was changed since.
            book = (act is OpenAct || book.Find(act.CaseId) is not null ? book.Apply(act).Book : null)
                ?? throw new CasesUnavailableException($"The store of cases holds an act ({act.Action} in {act.CaseId}) that the rules do not allow: restore it from a backup.");
        }

        return book;
    }

    private DateTimeOffset Known(string id, DateTimeOffset now)
    {
        Get(id);
        return now;
    }

    private async Task<Case> ApplyAsync(CaseAct act)
    {
        await AllowedAsync(act);
        var begun = store.Begin(act);
        await administration.RecordAsync(Told(act, act.Action, act.Told));
        Finish(begun, act);
        return Get(act.CaseId);
    }

    private async Task<CaseOutcome> AllowedAsync(CaseAct act)
    {
        var outcome = _book.Apply(act);
        return outcome.Refusal is { } refusal ? throw await RefusedAsync(act, refusal) : outcome;
    }

    private async Task<CaseException> RefusedAsync(CaseAct act, CaseRefusal refusal)
    {
        await administration.RecordAsync(Told(act, act.Action + CaseActs.Refused, refusal.Name()));
        return new CaseException(CaseFailure.Refused, refusal.Sentence());
    }

    private void Finish(long begun, CaseAct act)
    {
        try
        {
            store.Finish(begun, act);
        }
        catch (CasesUnavailableException e)
        {
            throw new CaseException(
                CaseFailure.NothingDone, $"It is recorded in the disclosure log, but could not be kept, so it is not in force and nothing was released: {e.Message}. Mend the data folder and repeat this.", e);
        }

        _book = _book.Apply(act).Book!;
    }

    private async Task<T> OneAsync<T>(Func<DateTimeOffset, Task<T>> act, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await act(clock.GetUtcNow());
        }
        catch (Exception e) when (e is LogUnavailableException or SqliteException)
        {
            throw new CaseException(CaseFailure.NothingDone, "The disclosure log is unavailable, so nothing is in force and nothing was released. Mend it and repeat this.", e);
        }
        catch (CasesUnavailableException e)
        {
            throw new CaseException(CaseFailure.NothingDone, $"Nothing was done: {e.Message}", e);
        }
        catch (SourceException e)
        {
            throw new CaseException(CaseFailure.NothingDone, $"The source cannot be read, and nothing was released: {e.Message}", e);
        }
        finally
        {
            _one.Release();
        }
    }

    private static Entry.Types.Administration Told(CaseAct act, string action, string reason) =>
        new() { Actor = act.By.Id, Action = action, Target = act.CaseId, Reason = reason };
}
