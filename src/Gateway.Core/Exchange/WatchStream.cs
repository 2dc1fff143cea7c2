using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Watch.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Exchange;

/// <summary>
/// One stream: what is open, then each change, in runs of up to <see cref="Watcher.RunLength"/> messages under one entry. Each round
/// passes the gate anew, so that a suspension, a new contract or a midnight takes effect in the middle. Owned by its call.
/// </summary>
internal sealed class WatchStream(Watcher watcher, IdentifiedCall first, ResponseWriter writer, Func<IMessage, CancellationToken, Task> write)
{
    private readonly OpenCall _open = first.Open;
    private WatchState _state = null!;
    private bool _resumed;
    private Scope? _scopeSent;

    /// <summary>Records sent so far.</summary>
    public int Records { get; private set; }

    /// <summary>Runs until a refusal ends it.</summary>
    public async ValueTask<Refusal> RunAsync(Query.Watch query, CancellationToken cancellationToken)
    {
        if (!AuthorizedCall.Authorize(first).Passed(out var authorized, out var refusal)
            || !AdmittedCall.Admit(authorized).Passed(out var admitted, out refusal)
            || !Start(authorized, query.Token).Passed(out var state, out refusal))
        {
            return refusal;
        }

        var slots = authorized.Grant.Counters.Streams;
        if (!slots.TryEnter())
        {
            return new Refusal(RefusalReason.RateExceeded, RetryAfter: TimeSpan.FromSeconds(10));
        }

        try
        {
            _state = state;
            return await RunAsync(admitted, cancellationToken);
        }
        finally
        {
            slots.Leave();
        }
    }

    private async ValueTask<Refusal> RunAsync(AdmittedCall admitted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = watcher.Clock.GetUtcNow();
            if ((await SendOpenAsync(admitted, now, cancellationToken)
                ?? await SendDeparturesAsync(admitted, now, cancellationToken)
                ?? await SendPermissionsAsync(admitted, cancellationToken)) is { } ended)
            {
                return ended;
            }

            _state.RoundEnded(now);
            await Task.Delay(Watcher.Interval, watcher.Clock, cancellationToken);
            if (!watcher.PassGate(_open).Passed(out var call, out var refusal) || !AuthorizedCall.Authorize(call).Passed(out var authorized, out refusal))
            {
                return refusal;
            }

            admitted = AdmittedCall.Continue(admitted, authorized);
        }
    }

    private Outcome<WatchState> Start(AuthorizedCall call, string token)
    {
        var now = watcher.Clock.GetUtcNow();
        if (token.Length == 0)
        {
            return new WatchState(Cursor.Start, now);
        }

        _resumed = true;
        return watcher.Tokens.TryRead(call, token, changedSince: null, out var cursor, out var told)
            // A row dated ahead of the clock must not hide what changes before its date comes.
            ? new WatchState(cursor.UpdatedAt > told ? new Cursor(told, "") : cursor, told)
            : new Refusal(RefusalReason.InvalidRequest, Field: "resume_token", Detail: "is no token of ours for this call");
    }

    private async ValueTask<Refusal?> SendOpenAsync(AdmittedCall call, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = _state.ReadFrom(now);
        var asked = watcher.Clock.GetTimestamp();
        while (true)
        {
            var rows = await call.Authorized.Grant.Reader.ListOpenAsync(from, Watcher.RunLength, now, cancellationToken);
            var fresh = rows.Where(_state.IsNew).ToList();
            if (fresh.Count > 0 && await SendRunAsync(call, fresh, inOrder: true, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (rows.Count < Watcher.RunLength)
            {
                return null;
            }

            from = new Cursor(rows[^1].UpdatedAt, rows[^1].Key);
            // A long way through what is open must not keep the word of a withdrawal back.
            if (watcher.Clock.GetElapsedTime(asked) > Watcher.Interval)
            {
                asked = watcher.Clock.GetTimestamp();
                if (await SendPermissionsAsync(call, cancellationToken) is { } ended)
                {
                    return ended;
                }
            }
        }
    }

    /// <summary>Sends the rows that may leave, under one entry; <paramref name="inOrder"/> where they follow the last ones read.</summary>
    private async ValueTask<Refusal?> SendRunAsync(AdmittedCall call, List<SourceRow> rows, bool inOrder, CancellationToken cancellationToken)
    {
        var permission = new RunPermission(call.Authorized.Grant.Permission, watcher.Clock);
        var permitted = await watcher.Pipeline.PermitAsync(FetchedReply.OfRun(call, rows), cancellationToken);
        RecordedReply? reply = null;
        if (permitted.Rows.Count > 0)
        {
            _open.NewEntry(watcher.Clock.GetUtcNow());
            if (!(await watcher.Pipeline.DiscloseAsync(permitted)).Passed(out reply, out var refusal))
            {
                return refusal;
            }
        }

        var next = 0;
        foreach (var row in rows)
        {
            // What was left out on the way is passed over: it is not asked for again until it changes.
            if (reply is null || next == reply.Minimised.Rows.Count || !ReferenceEquals(reply.Minimised.Rows[next], row)
                || !await permission.StillStandsAsync(reply.Minimised.Rows, next++, cancellationToken))
            {
                _state.PassedOver(row);
                continue;
            }

            _state.Gave(row);
            if (inOrder)
            {
                _state.CameTo(row);
            }

            var token = watcher.Tokens.Write(call.Authorized, _state.SentUpTo, _state.ToldUpTo, changedSince: null);
            await SendAsync(writer.Write([reply.Minimised.Messages[next - 1]], token, Narrate(reply.Receipt)), cancellationToken);
            Records++;
        }

        if (inOrder)
        {
            _state.CameTo(rows[^1]);
        }

        return null;
    }

    private async ValueTask<Refusal?> SendDeparturesAsync(AdmittedCall call, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reader = call.Authorized.Grant.Reader;
        var since = _state.ToldUpTo - WatchState.Overlap;
        await SendTombstonesAsync(call, await reader.ListExpiredAsync(since, now, cancellationToken), cancellationToken);
        var from = new Cursor(since, "");
        while (true)
        {
            var rows = await reader.ListDeparturesAsync(from, Watcher.RunLength, now, cancellationToken);
            await SendTombstonesAsync(call, rows, cancellationToken);
            if (rows.Count < Watcher.RunLength)
            {
                return null;
            }

            from = new Cursor(rows[^1].UpdatedAt, rows[^1].Key);
        }
    }

    // What subjects said since the last round; then some of what was given, in turn, for what nobody is told of: a preference that is gone.
    private async ValueTask<Refusal?> SendPermissionsAsync(AdmittedCall call, CancellationToken cancellationToken)
    {
        if (call.Authorized.Grant.Permission is not { } permission)
        {
            return null;
        }

        var turn = new PermissionTurn(call.Authorized.Grant.Reader, permission, _state, watcher.Clock);
        await foreach (var changed in turn.ChangedAsync(cancellationToken))
        {
            await SendTombstonesAsync(call, changed.Withdrawn, cancellationToken);
            if (changed.Allowed.Count > 0 && await SendRunAsync(call, changed.Allowed, inOrder: false, cancellationToken) is { } refusal)
            {
                return refusal;
            }
        }

        await SendTombstonesAsync(call, await turn.GivenWithoutPermissionAsync(cancellationToken), cancellationToken);
        return null;
    }

    private async ValueTask SendTombstonesAsync(AdmittedCall call, IReadOnlyList<Departure> departures, CancellationToken cancellationToken)
    {
        var told = new List<Departure>();
        var pseudonyms = new List<Pseudonym>();
        foreach (var departure in departures)
        {
            if (!_state.Told(departure) && await PseudonymOfGivenAsync(call, departure, cancellationToken) is { } pseudonym)
            {
                told.Add(departure);
                pseudonyms.Add(pseudonym);
            }
        }

        if (told.Count == 0)
        {
            return;
        }

        var now = watcher.Clock.GetUtcNow();
        _open.NewEntry(now);
        await watcher.Recorder.AppendAsync(CallRecords.Released(call.Authorized, now) with { Tombstones = pseudonyms.ToArray() });
        _open.Recorded = true;
        _open.Trace.Record(_open.Receipt);
        var receipt = new Receipt { Id = _open.Receipt.ToString(), Time = Timestamp.FromDateTimeOffset(now) };
        foreach (var departure in told)
        {
            _state.TookBack(departure, now);
            var token = watcher.Tokens.Write(call.Authorized, _state.SentUpTo, _state.ToldUpTo, changedSince: null);
            var tombstone = new Tombstone { Key = departure.Key, Reason = Reason(departure.Reason) };
            await SendAsync(writer.Write(tombstone, token, receipt), cancellationToken);
        }
    }

    // Only a key that this partner was given may be told of: by this stream, or, where it resumes an earlier one, by the log.
    private async ValueTask<Pseudonym?> PseudonymOfGivenAsync(AdmittedCall call, Departure departure, CancellationToken cancellationToken)
    {
        if (!_state.Gave(departure.Key) && !_resumed)
        {
            return null;
        }

        var grant = call.Authorized.Grant.Grant;
        if (await watcher.Keys.FindAsync(departure.SubjectId) is not { } key)
        {
            return null;
        }

        var pseudonym = key.OfRecord(grant.Record.Name, departure.Key);
        return _state.Gave(departure.Key) || await watcher.History.WasDisclosedAsync(grant.Partner, pseudonym, cancellationToken)
            ? pseudonym
            : null;
    }

    private async Task SendAsync(IMessage response, CancellationToken cancellationToken)
    {
        _open.Release(response);
        await write(response, cancellationToken);
    }

    // The first message tells the scope, and each that changes it; the others carry the receipt alone.
    private Receipt Narrate(Receipt receipt)
    {
        if (!ReferenceEquals(_scopeSent, receipt.Scope))
        {
            _scopeSent = receipt.Scope;
            return receipt;
        }

        return new Receipt { Id = receipt.Id, Time = receipt.Time, DeleteBy = receipt.DeleteBy };
    }

    private static TombstoneReason Reason(DepartureReason reason) => reason switch
    {
        DepartureReason.Closed => TombstoneReason.Closed,
        DepartureReason.Expired => TombstoneReason.Expired,
        _ => TombstoneReason.Withdrawn,
    };
}
