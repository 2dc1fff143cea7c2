using Gateway.Core.Log;
using Gateway.Core.Statistics;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Statistics.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Exchange;

/// <summary>
/// The path of calls for statistics: authorize the figure, admit, take the table that was given before or count and fold one and keep it,
/// record, respond. No record and no subject is on it; a table leaves after its entry is durable, like anything else.
/// </summary>
/// <param name="pipeline">Records refusals.</param>
/// <param name="recorder">Records answers.</param>
/// <param name="kept">What was given before.</param>
/// <param name="noiseKey">The gateway's, for <see cref="TableNoise"/>.</param>
/// <param name="clock">Tells which periods are over.</param>
public sealed class StatisticsCalls(Pipeline pipeline, Recorder recorder, IKeptTables kept, byte[] noiseKey, TimeProvider clock)
{
    /// <summary>The answer with its receipt, or a refusal that is recorded.</summary>
    public async ValueTask<Outcome<GetStatisticsResponse>> AnswerAsync(IdentifiedCall call, GetStatisticsRequest request, CancellationToken cancellationToken)
    {
        var open = call.Open;
        try
        {
            AskedTable? asked;
            Refusal? refusal;
            using (open.Trace.Step(Steps.Authorize))
            {
                if (!AskedTable.Authorize(call, request).Passed(out asked, out refusal))
                {
                    return await pipeline.RefuseAsync(open, refusal);
                }

                open.Trace.Authorize(asked.Statistics.Terms.Purpose);
            }

            using (open.Trace.Step(Steps.Admit))
            {
                if (!asked.Statistics.Rate.TryTake(out var retryAfter))
                {
                    return await pipeline.RefuseAsync(open, new Refusal(RefusalReason.RateExceeded, RetryAfter: retryAfter));
                }
            }

            GetStatisticsResponse? table;
            using (open.Trace.Step(Steps.Fetch))
            {
                if (!(await TableAsync(asked, cancellationToken)).Passed(out table, out refusal))
                {
                    return await pipeline.RefuseAsync(open, refusal);
                }
            }

            return await RecordAsync(asked, table);
        }
        catch (Exception e)
        {
            return await pipeline.RefuseAsync(open, pipeline.Fault(open, e, cancellationToken));
        }
    }

    private async ValueTask<Outcome<GetStatisticsResponse>> TableAsync(AskedTable asked, CancellationToken cancellationToken)
    {
        var (partner, figure, period) = (asked.Call.Contract.Contract.Partner.Id, asked.Figure, asked.Period);
        var given = kept.Overlapping(partner, figure.Terms.Menu.Figure, period);
        if (given.Count > 0)
        {
            return Again(asked, given);
        }

        if (!period.IsOver(clock.GetUtcNow()))
        {
            return Invalid(asked, "The period is not over yet: ask when it is, 00:00 UTC after its last day.");
        }

        var counted = await figure.Reader.CountAsync(period, cancellationToken);
        var terms = asked.Statistics.Terms;
        var table = TableFolding.Fold(figure.Terms, terms.Lists, partner, period, terms.MinimumVisitors, counted, noiseKey);
        return Parse(kept.Keep(partner, figure.Terms.Menu.Figure, new KeptTable(period, table.ToByteArray())));
    }

    /// <summary>What was given is given again; what would make a second version of it is refused.</summary>
    private static Outcome<GetStatisticsResponse> Again(AskedTable asked, IReadOnlyList<KeptTable> given)
    {
        if (given.FirstOrDefault(g => g.Period == asked.Period) is not { } same)
        {
            return Invalid(asked, "Under an earlier contract you were given a table that shares days with this period. Ask for a later one.");
        }

        var table = Parse(same);
        return table.By.SequenceEqual(asked.Figure.Terms.By) && table.MinimumVisitors >= asked.Statistics.Terms.MinimumVisitors
            ? table
            : Invalid(asked, "This period was given under other terms, and a second table beside it would tell too much. Ask for a later one.");
    }

    private async ValueTask<Outcome<GetStatisticsResponse>> RecordAsync(AskedTable asked, GetStatisticsResponse table)
    {
        var open = asked.Call.Open;
        var now = clock.GetUtcNow();
        using (open.Trace.Step(Steps.Record))
        {
            await recorder.AppendAsync(CallRecords.Counted(asked, now));
        }

        open.Recorded = true;
        open.Trace.Record(open.Receipt);
        table.Receipt = new Receipt { Id = open.Receipt.ToString(), Time = Timestamp.FromDateTimeOffset(now), Scope = asked.Figure.Scope.Message };
        open.Release(table);
        open.Trace.End(records: 0);
        return table;
    }

    private static GetStatisticsResponse Parse(KeptTable table) => GetStatisticsResponse.Parser.ParseFrom(table.Table.Span);

    private static Refusal Invalid(AskedTable asked, string detail) =>
        new(RefusalReason.InvalidRequest, Field: asked.Period.Kind == PeriodKind.Month ? "month" : "week", Detail: detail);
}

/// <summary>A call for one figure of one period that the contract grants. Only <see cref="Authorize"/> makes one.</summary>
public sealed class AskedTable
{
    private AskedTable(IdentifiedCall call, PlannedStatistics statistics, PlannedFigure figure, StatisticsPeriod period)
    {
        Call = call;
        Statistics = statistics;
        Figure = figure;
        Period = period;
    }

    internal IdentifiedCall Call { get; }

    internal PlannedStatistics Statistics { get; }

    internal PlannedFigure Figure { get; }

    internal StatisticsPeriod Period { get; }

    internal static Outcome<AskedTable> Authorize(IdentifiedCall call, GetStatisticsRequest request)
    {
        if (call.Contract.Statistics is not { } statistics)
        {
            return RefusalReason.MethodNotGranted;
        }

        if (call.Open.Purpose is { } purpose && purpose != statistics.Terms.Purpose.Key)
        {
            return RefusalReason.PurposeNotGranted;
        }

        if (request.Figure == Protos.Statistics.V1.Figure.Unspecified)
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: "figure", Detail: "Name one of the figures that your contract grants.");
        }

        if (!statistics.Figures.TryGetValue(request.Figure, out var figure))
        {
            return RefusalReason.MethodNotGranted;
        }

        if (StatisticsPeriod.Of(request) is not { } period)
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: "period", Detail: "Name a calendar month, or a week as ISO 8601 numbers it.");
        }

        return period.Kind == statistics.Terms.Period
            ? new AskedTable(call, statistics, figure, period)
            : new Refusal(RefusalReason.InvalidRequest, Field: "period", Detail: "Your contract grants months or weeks, and this is the other.");
    }
}
