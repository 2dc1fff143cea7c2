using System.Collections.Concurrent;
using Gateway.Core.Identity;
using Gateway.Core.Log;

namespace Gateway.Core.Exchange;

/// <summary>
/// Records refusals, each with an entry of its own up to a budget a second for a connection and for a partner. Beyond it they are
/// coalesced into one entry "n refusals, this reason, this second", and a connection that goes on is cut: no partner can exhaust the log.
/// </summary>
public sealed class RefusalLog(Recorder recorder, ISafeguards safeguards, TimeProvider clock)
{
    /// <summary>Refusals a second that one connection has recorded one by one.</summary>
    public const int PerConnection = 20;

    /// <summary>Refusals a second that one partner, or all strangers together, have recorded one by one.</summary>
    public const int PerPartner = 50;

    /// <summary>Refusals over the budget, without a second's pause between, after which a connection is cut.</summary>
    public const int CutAfter = 500;

    private readonly ConcurrentDictionary<string, RefusalWindow> _partners = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Dictionary<Coalesced, Pending> _pending = [];
    private List<Pending> _late = [];

    /// <summary>Records the refusal, or counts it. The call's receipt id then names the entry that tells of it.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it: the refusal carries no receipt.</exception>
    internal async ValueTask RecordAsync(OpenCall call, Refusal refusal)
    {
        var now = clock.GetUtcNow();
        var connection = call.Connection;
        var own = connection.Refusals.Count(now, PerConnection);
        var partner = _partners.GetOrAdd(CallRecords.PartnerOf(call), static _ => new RefusalWindow()).Count(now, PerPartner);
        if (own == 0 && partner == 0)
        {
            await recorder.AppendAsync(CallRecords.Refused(call, refusal, now));
        }
        else
        {
            call.Receipt = Coalesce(call, CallRecords.Refused(call, refusal, now));
            if (own == CutAfter)
            {
                safeguards.RefusalBudgetSpent(connection);
            }
        }

        call.Recorded = true;
    }

    /// <summary>
    /// Counts a call that the log did not take, as LOG_UNAVAILABLE. The caller gets no receipt; the entry of the second tells of it, from
    /// the log's reserve where the log is full.
    /// </summary>
    internal void CountUnrecorded(OpenCall call)
    {
        var now = clock.GetUtcNow();
        // An id that no receipt and no other entry has.
        Coalesce(call, CallRecords.Refused(call, new Refusal(RefusalReason.LogUnavailable), now) with { Receipt = ReceiptId.New(now) });
    }

    /// <summary>Appends what was coalesced since the last flush. Called each second and at the end; keeps what the log would not take.</summary>
    public async Task FlushAsync()
    {
        Dictionary<Coalesced, Pending> taken;
        List<Pending> late;
        lock (_gate)
        {
            (taken, _pending) = (_pending, []);
            (late, _late) = (_late, []);
        }

        foreach (var pending in late)
        {
            if (!await TryAppendAsync(pending))
            {
                lock (_gate)
                {
                    _late.Add(pending);
                }
            }
        }

        foreach (var (key, pending) in taken)
        {
            if (!await TryAppendAsync(pending))
            {
                Restore(key, pending);
            }
        }
    }

    private async ValueTask<bool> TryAppendAsync(Pending pending)
    {
        try
        {
            await recorder.AppendRefusalsAsync(pending.First with { Count = (uint)pending.Count });
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }

    // Gives the id of the entry that the call is counted in.
    private ReceiptId Coalesce(OpenCall call, in CallRecord refused)
    {
        var key = new Coalesced(CallRecords.PartnerOf(call), call.Connection.Identity.Key, refused.Refusal!.Value);
        lock (_gate)
        {
            if (_pending.TryGetValue(key, out var pending))
            {
                pending.Count++;
            }
            else
            {
                _pending[key] = pending = new Pending(refused);
            }

            return pending.First.Receipt;
        }
    }

    // What began to be counted meanwhile has given out a receipt id of its own: both entries are then due. A call that the log did not take
    // got none, and is counted in the entry that waits already: it may wait long.
    private void Restore(Coalesced key, Pending pending)
    {
        lock (_gate)
        {
            if (key.Reason == RefusalReason.LogUnavailable && _pending.TryGetValue(key, out var newer))
            {
                pending.Count += newer.Count;
                _pending[key] = pending;
            }
            else if (!_pending.TryAdd(key, pending))
            {
                _late.Add(pending);
            }
        }
    }

    private readonly record struct Coalesced(string Partner, SpkiHash Key, RefusalReason Reason);

    private sealed class Pending(CallRecord first)
    {
        public CallRecord First { get; } = first;

        public int Count { get; set; } = 1;
    }
}
