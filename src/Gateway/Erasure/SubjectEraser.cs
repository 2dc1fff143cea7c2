using System.Collections.Immutable;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Protos.Log.V1;
using Gateway.Stores;
using Gateway.Stores.Erasure;
using Microsoft.Data.Sqlite;

namespace Gateway.Erasure;

/// <summary>
/// Forgets, holds and releases a customer. One act at a time, so that no hold slips in between a look for it and the destruction. The
/// customer's id goes no further than the look-up of the key.
/// </summary>
internal sealed partial class SubjectEraser(
    ISubjectKeys keys,
    ISubjectErasure erasure,
    SubjectHolds holds,
    PastRecipients recipients,
    RecordedForgets recorded,
    ForgottenFile forgotten,
    IPreferenceStore preferences,
    AdministrationLog administration,
    ILogger<SubjectEraser> logger) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Lists to whom the customer's data went; recorded as a reading.</summary>
    /// <exception cref="ErasureException">There is no key, or a store is unavailable.</exception>
    public Task<PastRecipientList> ListAsync(ErasureRequest request, CancellationToken cancellationToken) =>
        OneAsync(
            async () =>
            {
                var subject = await SubjectAsync(request, ErasureActs.Recipients);
                await RecordAsync(request, ErasureActs.Recipients, subject);
                return await recipients.OfAsync(subject.Pseudonym, cancellationToken);
            },
            cancellationToken);

    /// <summary>
    /// Forgets: the recipients are listed, what the customer told the gateway is reduced to opt-outs, the act is recorded, the mark is kept
    /// for restores, the key is destroyed. In this order, so that whatever ends it half-way, it is finished at the next start or can be
    /// repeated.
    /// </summary>
    /// <exception cref="ErasureException">There is no key, a hold stands, or a store is unavailable.</exception>
    public Task<ForgottenSubject> ForgetAsync(ErasureRequest request, CancellationToken cancellationToken) =>
        OneAsync(
            async () =>
            {
                var subject = await SubjectAsync(request, ErasureActs.Forget, unknown: () => ForgetPreferencesAsync(request));
                if (await holds.FindAsync(subject.Mark, cancellationToken) is { } hold)
                {
                    await RecordAsync(request, ErasureActs.ForgetRefused, subject);
                    throw new ErasureException(
                        ErasureFailure.Held, $"The customer is held {hold} and was not forgotten. `gateway log release` ends the hold.");
                }

                var told = await recipients.OfAsync(subject.Pseudonym, cancellationToken);
                // From here on nothing is cancelled.
                await ForgetPreferencesAsync(request);
                var receipt = await RecordAsync(request, ErasureActs.Forget, subject, told);
                return await FinishAsync(request, subject, receipt, told);
            },
            cancellationToken);

    /// <summary>Holds the customer; what stood already stays. Gives the hold, and whether it is new.</summary>
    /// <exception cref="ErasureException">There is no key, or a store is unavailable.</exception>
    public Task<(SubjectHold Hold, bool IsNew)> HoldAsync(ErasureRequest request, CancellationToken cancellationToken) =>
        OneAsync(
            async () =>
            {
                var subject = await SubjectAsync(request, ErasureActs.Hold);
                var hold = await holds.FindAsync(subject.Mark, cancellationToken);
                if (hold is not null)
                {
                    return (hold, false);
                }

                var receipt = await RecordAsync(request, ErasureActs.Hold, subject);
                return (await ReadBackAsync(subject, receipt), true);
            },
            cancellationToken);

    /// <summary>Ends the customer's hold; gives the receipt, null where none stood.</summary>
    /// <exception cref="ErasureException">There is no key, or a store is unavailable.</exception>
    public Task<ReceiptId?> ReleaseAsync(ErasureRequest request, CancellationToken cancellationToken) =>
        OneAsync<ReceiptId?>(
            async () =>
            {
                var subject = await SubjectAsync(request, ErasureActs.Release);
                return await holds.FindAsync(subject.Mark, cancellationToken) is null ? null : await RecordAsync(request, ErasureActs.Release, subject);
            },
            cancellationToken);

    /// <summary>
    /// Before the log's front is pruned: holds are carried over (<see cref="SubjectHolds.CarryOverAsync"/>), and the file of the forgotten
    /// is made complete, for soon it alone tells of them. No hold is placed or ended, and nobody forgotten, meanwhile.
    /// </summary>
    /// <exception cref="ErasureException">Not all are recorded: nothing may be pruned.</exception>
    public Task<int> CarryOverAsync(long minimum, CancellationToken cancellationToken) =>
        OneAsync(
            async () =>
            {
                await KeepForgottenAsync(cancellationToken);
                return await holds.CarryOverAsync(minimum, cancellationToken);
            },
            cancellationToken);

    public void Dispose() => _one.Dispose();

    private async Task KeepForgottenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var missing = (await recorded.ReadAsync(cancellationToken)).Except(forgotten.Read()).ToList();
            if (missing.Count > 0)
            {
                forgotten.Append(missing);
            }
        }
        catch (StoreException e)
        {
            throw new ErasureException(ErasureFailure.NothingDone, e.Message, e);
        }
    }

    private async Task<SubjectHold> ReadBackAsync(SubjectKey subject, ReceiptId receipt)
    {
        try
        {
            return (await holds.FindAsync(subject.Mark, CancellationToken.None))!;
        }
        catch (Exception e) when (e is LogUnavailableException or SqliteException)
        {
            throw new ErasureException(
                ErasureFailure.NotFinished, $"The hold is recorded ({receipt}) and stands, but the log cannot be read again now. See the gateway's health.", e);
        }
    }

    private async Task<ForgottenSubject> FinishAsync(
        ErasureRequest request, SubjectKey subject, ReceiptId receipt, PastRecipientList told)
    {
        var warnings = told.Warnings.ToBuilder();
        try
        {
            forgotten.Append([subject.Mark]);
        }
        catch (StoreException e)
        {
            // The entry is enough to forget by; the next start completes the file from it.
            Log.NotKept(logger, e.Message);
            warnings.Add("The file of forgotten customers could not be written. Mend the data folder: the next start completes it.");
        }

        DestroyedKeys destroyed;
        try
        {
            destroyed = await erasure.DestroyAsync([subject.Mark]);
        }
        catch (LogUnavailableException e)
        {
            Log.NotFinished(logger, receipt, e.Message);
            throw new ErasureException(
                ErasureFailure.NotFinished,
                $"The forget is recorded ({receipt}), but the key is NOT destroyed yet: {e.Message} Mend the key store and repeat the command, or restart: every start finishes what is recorded.",
                e);
        }

        if (destroyed.Traces is { } traces)
        {
            warnings.Add($"The key is destroyed, but freed bytes of its file may still hold it: {traces}. They are wiped with the next forget, or at the next start.");
        }

        return new ForgottenSubject(receipt, await LatestAsync(request, subject, told, warnings), warnings.ToImmutable());
    }

    /// <summary>Calls that had the key in hand when it was destroyed may have been recorded since the first look: none is left untold.</summary>
    private async Task<ImmutableArray<PastRecipient>> LatestAsync(
        ErasureRequest request, SubjectKey subject, PastRecipientList told, ImmutableArray<string>.Builder warnings)
    {
        try
        {
            var latest = await recipients.OfAsync(subject.Pseudonym, CancellationToken.None);
            if (latest.Partners.Length > told.Partners.Length)
            {
                await RecordAsync(request, ErasureActs.Forget, subject, latest);
            }

            return latest.Partners;
        }
        catch (Exception e) when (e is ErasureException or LogUnavailableException or SqliteException)
        {
            warnings.Add("A partner that was answered at this very moment may be missing from the recipients: the log could not be read again.");
            return told.Partners;
        }
    }

    private async Task<T> OneAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await act();
        }
        catch (Exception e) when (e is LogUnavailableException or SqliteException)
        {
            throw new ErasureException(
                ErasureFailure.NothingDone, "The disclosure log is unavailable, so nothing was done, and no key was destroyed. Mend it and repeat this.", e);
        }
        finally
        {
            _one.Release();
        }
    }

    // The mark leads to no id, so no later start could finish this: it comes before what is recorded, and can be repeated.
    private async Task ForgetPreferencesAsync(ErasureRequest request)
    {
        try
        {
            await preferences.ForgetAsync(request.SubjectId, CancellationToken.None);
        }
        catch (SourceException e)
        {
            throw new ErasureException(
                ErasureFailure.NothingDone, $"The store of preferences is unavailable, so nothing was done: {e.Message}. Mend it and repeat this.", e);
        }
    }

    private async ValueTask<SubjectKey> SubjectAsync(ErasureRequest request, string action, Func<Task>? unknown = null)
    {
        try
        {
            if (await keys.FindAsync(request.SubjectId) is { } key)
            {
                return key;
            }
        }
        catch (LogUnavailableException e)
        {
            throw new ErasureException(
                ErasureFailure.NothingDone, "The key store is unavailable, so nothing was done. Mend it and repeat this.", e);
        }

        if (unknown is not null)
        {
            await unknown();
        }

        await administration.RecordAsync(Act(request, action, ErasureActs.Unknown));
        throw new ErasureException(
            ErasureFailure.UnknownSubject,
            "There is no key of this customer: nothing of theirs was ever released, or they were forgotten already. Is the id written as the shop has it?");
    }

    private async ValueTask<ReceiptId> RecordAsync(
        ErasureRequest request, string action, SubjectKey subject, PastRecipientList? told = null)
    {
        var act = Act(request, action, subject.Mark.ToString());
        act.Recipients.AddRange(told?.Partners.Select(r => r.Partner) ?? []);
        return await administration.RecordAsync(act);
    }

    private static Entry.Types.Administration Act(ErasureRequest request, string action, string target) =>
        new() { Actor = request.Actor, Action = action, Target = target, Reason = request.Reason };

    private static partial class Log
    {
        [LoggerMessage(1341, LogLevel.Error, "A forget is recorded as {Receipt}, but the key is not destroyed: {Reason} The next start does it.",
            EventName = "ForgetNotFinished")]
        public static partial void NotFinished(ILogger logger, ReceiptId receipt, string reason);

        [LoggerMessage(1342, LogLevel.Error, "A forgotten customer could not be kept for restores: {Reason} The next start completes the file.",
            EventName = "ForgottenNotKept")]
        public static partial void NotKept(ILogger logger, string reason);
    }
}

/// <summary>What staff ask for.</summary>
/// <param name="SubjectId">The shop's id of the customer.</param>
/// <param name="Reason">Why; recorded.</param>
/// <param name="Actor">The staff member's id.</param>
internal sealed record ErasureRequest(string SubjectId, string Reason, string Actor)
{
    /// <summary>Never the customer's id.</summary>
    public override string ToString() => $"{nameof(ErasureRequest)} by {Actor}";
}

/// <summary>A customer was forgotten.</summary>
/// <param name="Receipt">Of the act's entry.</param>
/// <param name="Recipients">To whom their data went.</param>
/// <param name="Warnings">What is left to be mended.</param>
internal sealed record ForgottenSubject(ReceiptId Receipt, ImmutableArray<PastRecipient> Recipients, ImmutableArray<string> Warnings);
