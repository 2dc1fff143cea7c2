using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Statistics;

/// <summary>
/// The noise of one table: two-sided geometric (the discrete Laplace distribution), drawn by HMAC-SHA256 under a key of the gateway over the
/// partner and the table's true cells. The same true table has the same noise always, so that asking again averages nothing out; a table that
/// differs in one visitor, or is another partner's, has unrelated noise: two that are laid together neither cancel it nor tell that they
/// differ.
/// </summary>
public sealed class TableNoise
{
    private readonly byte[] _key;
    private readonly byte[] _table;

    /// <param name="key">The gateway's, 32 bytes.</param>
    /// <param name="partner">Whom it is for.</param>
    /// <param name="figure">The figure and its breakdown.</param>
    /// <param name="period">The period.</param>
    /// <param name="cells">The true cells, each once.</param>
    public TableNoise(ReadOnlySpan<byte> key, string partner, FigureTerms figure, StatisticsPeriod period, IEnumerable<CellCount> cells)
    {
        _key = key.ToArray();
        var lines = cells.Select(c => FormattableString.Invariant($"{c.Cell?.ToString() ?? "other"}\n{c.Visitors}\n{c.Count}\n")).Order(StringComparer.Ordinal);
        _table = SHA256.HashData(Encoding.UTF8.GetBytes($"gateway statistics v1\n{partner}\n{figure}\n{period}\n{string.Concat(lines)}"));
    }

    /// <summary>The noise of one number.</summary>
    /// <param name="number">Which number of the table.</param>
    /// <param name="scale">What one visitor changes it by, divided by epsilon.</param>
    public long Draw(string number, double scale)
    {
        var text = Encoding.UTF8.GetBytes(number);
        var input = new byte[_table.Length + text.Length];
        _table.CopyTo(input, 0);
        text.CopyTo(input, _table.Length);
        Span<byte> random = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, input, random);
        return Geometric(random, scale) - Geometric(random[8..], scale);
    }

    /// <summary>The standard deviation of <see cref="Draw"/>.</summary>
    public static double Deviation(double scale)
    {
        var alpha = Math.Exp(-1 / scale);
        return Math.Sqrt(2 * alpha) / (1 - alpha);
    }

    // 53 random bits: the tail ends at 36 times the scale, where nothing is ever drawn.
    private static long Geometric(ReadOnlySpan<byte> random, double scale)
    {
        var uniform = ((BinaryPrimitives.ReadUInt64BigEndian(random) >> 11) + 1) * (1.0 / (1UL << 53));
        return (long)Math.Floor(-Math.Log(uniform) * scale);
    }
}
