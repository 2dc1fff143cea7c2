using System.Collections.Frozen;
using System.Security.Cryptography;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Minimisation;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Statistics.V1;
using Google.Protobuf;

namespace Gateway.Core.Statistics;

/// <summary>A contract's statistics made ready to run. Immutable but for the rate, which is kept across reloads.</summary>
public sealed class PlannedStatistics
{
    internal PlannedStatistics(StatisticsTerms terms, FrozenDictionary<Figure, PlannedFigure> figures, CallRate rate)
    {
        Terms = terms;
        Figures = figures;
        Rate = rate;
    }

    /// <summary>The terms.</summary>
    public StatisticsTerms Terms { get; }

    /// <summary>The figures granted.</summary>
    internal FrozenDictionary<Figure, PlannedFigure> Figures { get; }

    /// <summary>Calls a second.</summary>
    internal CallRate Rate { get; }

    internal static PlannedStatistics Prepare(string revision, Contract contract, StatisticsTerms terms, IUsageSource usage, CallRate rate) => new(
        terms,
        terms.Figures.ToFrozenDictionary(f => f.Menu.Figure, f => new PlannedFigure(f, usage.Prepare(f, terms.Lists), Scope(revision, contract, terms, f))),
        rate);

    // A scope tells of fields; of a figure it tells the figure, its breakdown and its kind of period, in place of a record's path.
    private static GrantScope Scope(string revision, Contract contract, StatisticsTerms terms, FigureTerms figure)
    {
        var scope = new Scope
        {
            Contract = contract.Name,
            Revision = revision,
            Purpose = terms.Purpose.Key,
            Record = GetStatisticsResponse.Descriptor.FullName,
            RecipientName = contract.Partner.Name,
            Country = contract.Partner.Country,
            Safeguard = contract.Partner.Safeguard ?? "",
            Promise = terms.Purpose.Promise,
        };
        scope.Released.Add(terms.TextOf(figure));
        var bytes = scope.ToByteArray();
        return new GrantScope(scope, new StoredScope(SHA256.HashData(bytes), bytes));
    }
}

/// <summary>One figure made ready to run.</summary>
/// <param name="Terms">What it is.</param>
/// <param name="Reader">Counts it.</param>
/// <param name="Scope">What its entries and receipts tell.</param>
internal sealed record PlannedFigure(FigureTerms Terms, IUsageReader Reader, GrantScope Scope);
