using System.Security.Cryptography;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Core.Subjects;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Exchange;

/// <summary>
/// The path of calls in which one subject sees or decides about their own: whose it is, how often, then what is asked for; recorded under
/// the subject's pseudonym before it is answered, so that a subject's own access is evidence like any other.
/// </summary>
public sealed class OwnData(Pipeline pipeline, Recorder recorder, ISubjectKeys keys, SubjectRate rate, TimeProvider clock)
{
    /// <summary>Answers for the subject of the call's assertion.</summary>
    public ValueTask<Outcome<IMessage>> AnswerAsync(
        IdentifiedCall call, Func<SubjectCall, CancellationToken, ValueTask<Outcome<SubjectAnswer>>> answer, CancellationToken cancellationToken) =>
        AnswerAsync(call, static (call, now) => SubjectCall.AssertAsync(call, now), answer, cancellationToken);

    /// <summary>
    /// Answers for the subject of a link: <paramref name="open"/> gives its id, or null for what is no link of ours.
    /// </summary>
    public ValueTask<Outcome<IMessage>> AnswerAsync(
        IdentifiedCall call,
        Func<DateTimeOffset, ValueTask<string?>> open,
        Refusal noLink,
        Func<SubjectCall, CancellationToken, ValueTask<Outcome<SubjectAnswer>>> answer,
        CancellationToken cancellationToken) => AnswerAsync(
            call,
            async (call, now) => await open(now) is { } subject ? SubjectCall.OfLink(call, subject) : noLink,
            answer,
            cancellationToken);

    private async ValueTask<Outcome<IMessage>> AnswerAsync(
        IdentifiedCall call,
        Func<IdentifiedCall, DateTimeOffset, ValueTask<Outcome<SubjectCall>>> whose,
        Func<SubjectCall, CancellationToken, ValueTask<Outcome<SubjectAnswer>>> answer,
        CancellationToken cancellationToken)
    {
        var open = call.Open;
        try
        {
            var subject = await IdentifyAsync(call, whose);
            if (!subject.Passed(out var own, out var refusal))
            {
                return await pipeline.RefuseAsync(open, refusal);
            }

            SubjectAnswer? given;
            using (open.Trace.Step(Steps.Fetch))
            {
                if (!(await answer(own, cancellationToken)).Passed(out given, out refusal))
                {
                    return await pipeline.RefuseAsync(open, refusal);
                }
            }

            using (open.Trace.Step(Steps.Record))
            {
                await RecordAsync(own, given);
            }

            open.Trace.End(given.Records.Count);
            return Outcome<IMessage>.Of(given.Response);
        }
        catch (Exception e)
        {
            return await pipeline.RefuseAsync(open, pipeline.Fault(open, e, cancellationToken));
        }
    }

    private async ValueTask<Outcome<SubjectCall>> IdentifyAsync(
        IdentifiedCall call, Func<IdentifiedCall, DateTimeOffset, ValueTask<Outcome<SubjectCall>>> whose)
    {
        using var step = call.Open.Trace.Step(Steps.Authorize);
        var partner = call.Contract.Contract.Partner.Id;
        if (!rate.TryTake(partner, out var retryAfter))
        {
            return new Refusal(RefusalReason.RateExceeded, RetryAfter: retryAfter);
        }

        var outcome = await whose(call, clock.GetUtcNow());
        return !outcome.Passed(out var own, out var refusal) ? refusal
            : rate.TryTake(partner, own.SubjectId, out retryAfter) ? own
            : new Refusal(RefusalReason.RateExceeded, RetryAfter: retryAfter);
    }

    private async ValueTask RecordAsync(SubjectCall own, SubjectAnswer answer)
    {
        var open = own.Call.Open;
        // Who asks about somebody unknown makes nobody known.
        var key = answer.Keeps || answer.Records.Count > 0 ? await keys.GetOrAddAsync(own.SubjectId) : await keys.FindAsync(own.SubjectId);
        var method = open.Method!.FullName;
        // The view itself comes first: a record of the subject's own, so that an answer without any tells of them too.
        Pseudonym[] records = key is null ? [] : [key.OfRecord(method, ""), .. answer.Records.Select(r => key.OfRecord(r.Type, r.Key))];
        var subjects = new Pseudonym[records.Length];
        Array.Fill(subjects, key?.Pseudonym ?? default);
        var now = clock.GetUtcNow();
        var scope = ScopeOf(own, method, answer.Released);
        await recorder.AppendAsync(CallRecords.Answered(own.Call, now) with
        {
            Purpose = SubjectAccess.Purpose,
            Basis = LegalBasis.LegalObligation,
            Scope = scope.Stored,
            Records = records,
            Subjects = subjects,
        });
        open.Trace.Record(open.Receipt);
        answer.Sign(new Receipt { Id = open.Receipt.ToString(), Time = Timestamp.FromDateTimeOffset(now), Scope = scope.Message });
        open.Release(answer.Response);
    }

    private static Minimisation.GrantScope ScopeOf(SubjectCall own, string method, IReadOnlyList<string> released)
    {
        var contract = own.Call.Contract.Contract;
        var scope = new Scope
        {
            Contract = contract.Name,
            Revision = own.Call.Plan.Snapshot.Revision,
            Purpose = SubjectAccess.Purpose,
            Record = method,
            RecipientName = contract.Partner.Name,
            Country = contract.Partner.Country,
            Safeguard = contract.Partner.Safeguard ?? "",
            Released = { released },
        };
        var bytes = scope.ToByteArray();
        return new Minimisation.GrantScope(scope, new StoredScope(SHA256.HashData(bytes), bytes));
    }
}
