using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Statistics;

/// <summary>
/// The tables that partners were given. The first answer of a period is the only one: an event that comes late, or a visitor who is erased,
/// must not make a second whose difference to the first is that visitor. A process boundary.
/// </summary>
public interface IKeptTables
{
    /// <summary>The partner's tables of a figure that share an instant with the period, oldest first.</summary>
    /// <exception cref="Sources.SourceException">They cannot be read.</exception>
    IReadOnlyList<KeptTable> Overlapping(string partner, Figure figure, StatisticsPeriod period);

    /// <summary>Keeps a table, durably, unless there is one of the figure and period; gives the one that is kept.</summary>
    /// <exception cref="Sources.SourceException">It cannot be kept: it may not be given.</exception>
    KeptTable Keep(string partner, Figure figure, KeptTable table);
}

/// <summary>One table as it was first given.</summary>
/// <param name="Period">Its period.</param>
/// <param name="Table">A <see cref="GetStatisticsResponse"/> without receipt, serialised.</param>
public sealed record KeptTable(StatisticsPeriod Period, ReadOnlyMemory<byte> Table);
