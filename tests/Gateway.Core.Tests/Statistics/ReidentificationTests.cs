using System.Globalization;
using CsCheck;
using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Tests.Statistics;

/// <summary>
/// Somebody knows every visitor of every cell but one, the minimum, the lists and how tables are made, everything but the gateway's key, and
/// wants to learn from what is published whether that one was there. Cells are drawn around the thresholds, where one visitor matters most.
/// A success is a table, or several together, that only one of the two worlds can have brought forth: then there is no doubt left.
/// Beside it stands how often the best guess is right; epsilon bounds that. GATEWAY_REIDENTIFICATIONS sets the attempts of each attack.
/// </summary>
public sealed class ReidentificationTests(ITestOutputHelper output)
{
    private const int Default = 5_000;

    private static readonly int s_attempts = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_REIDENTIFICATIONS") ?? $"{Default}", CultureInfo.InvariantCulture);

    private static readonly FigureTerms s_countries = Tables.Terms(Figure.Visitors, Dimension.Country);
    private static readonly FigureTerms s_pages = Tables.Terms(Figure.PageViews, Dimension.PageGroup);
    private static readonly FigureTerms s_both = Tables.Terms(Figure.PageViews, Dimension.Country, Dimension.PageGroup);
    private static readonly FigureTerms s_total = Tables.Terms(Figure.Visitors);
    private static readonly FigureTerms s_orders = Tables.Terms(Figure.OrderConversions, Dimension.Country);

    [Fact]
    public void OneTable_AllButOneVisitorKnown_TellsNothingForSure() => Attack("one table", w => [w.Ask(s_countries)], w => [w.Ask(s_pages)], w => [w.Ask(s_both)], w => [w.Ask(s_orders)]);

    [Fact]
    public void NeighbouringPeriods_Subtracted_TellNothingForSure() => Attack("neighbouring periods",
        w => [w.Ask(s_countries, month: 2, without: true), w.Ask(s_countries, month: 3), w.Ask(s_countries, month: 4, without: true)]);

    [Fact]
    public void SubGroups_AgainstTotals_TellNothingForSure() => Attack("sub-groups against totals",
        w => [w.Ask(s_countries), w.Ask(s_total, partner: "lens-statistics")],
        w => [w.Ask(s_both), w.Ask(s_pages, partner: "lens-statistics"), w.Ask(s_countries)]);

    [Fact]
    public void Repeating_TellsNothingMore() => Attack("repeating", w =>
    {
        var tables = Enumerable.Range(0, 5).Select(_ => w.Ask(s_pages)).ToArray();
        tables.Select(t => t.Published).Distinct().Count().ShouldBe(1);
        return tables[..1];
    });

    [Fact]
    public void WithAndWithoutOneVisitor_ByTwoPartners_TellsNothingForSure() => Attack("with and without one visitor",
        w => [w.Ask(s_countries), w.Ask(s_countries, partner: "lens-statistics", without: true)]);

    [Fact]
    public void TwoPartners_Combined_TellNothingForSure() => Attack("two partners combined",
        w => [w.Ask(s_countries), w.Ask(s_countries, partner: "lens-statistics", stricter: 15)],
        w => [w.Ask(s_pages), w.Ask(s_both, partner: "lens-statistics", stricter: 1)]);

    private void Attack(string name, params Func<World, AskedWorld[]>[] kinds)
    {
        var (attempts, successes, guessed, guesses, epsilon) = (0, 0, 0, 0, 0.0);
        var sure = new Lock();
        Gen.Select(World.Random, Gen.Int[0, kinds.Length - 1]).Sample(
            (world, kind) =>
            {
                var tables = kinds[kind](world);
                var without = tables.All(t => t.CanComeFrom(t.Without));
                var with = tables.All(t => t.CanComeFrom(t.With));
                var likelier = tables.Sum(t => t.LogLikelihood(t.With)) - tables.Sum(t => t.LogLikelihood(t.Without));
                lock (sure)
                {
                    attempts++;
                    successes += without != with ? 1 : 0;
                    (world.IsThere ? with : without).ShouldBeTrue("the attacker's model is the gateway's");
                    epsilon = Math.Max(epsilon, tables.Sum(t => t.Published.Precision.Epsilon));
                    if (Math.Abs(likelier) > 1e-9)
                    {
                        guesses++;
                        guessed += likelier > 0 == world.IsThere ? 1 : 0;
                    }
                }
            },
            iter: s_attempts, threads: 1);
        var right = (guessed + ((attempts - guesses) / 2.0)) / attempts;
        output.WriteLine(FormattableString.Invariant($"{name}: {attempts} attempts, {successes} successes, best guess right {right:P1} (coin: 50 %, bound of epsilon {epsilon}: {Bound(epsilon):P1})"));

        attempts.ShouldBeGreaterThanOrEqualTo(s_attempts);
        successes.ShouldBe(0);
        right.ShouldBeLessThan(Bound(epsilon) + 0.02);
    }

    // What differential privacy leaves to whoever must guess one of two equally likely worlds.
    private static double Bound(double epsilon) => Math.Exp(epsilon) / (1 + Math.Exp(epsilon));
}
