using System.Collections.Immutable;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Statistics;

/// <summary>What of a visitor's events in a cell is counted.</summary>
public enum Measure
{
    /// <summary>The visitor: one.</summary>
    Visitors,

    /// <summary>Events.</summary>
    Events,

    /// <summary>Visits that have such an event.</summary>
    Visits,
}

/// <summary>One figure of the fixed menu.</summary>
/// <param name="Figure">Which.</param>
/// <param name="Name">As contracts write it: <c>page_views</c>.</param>
/// <param name="Kind">The kind of usage event that it counts.</param>
/// <param name="Measure">What of them.</param>
/// <param name="CountsPerVisitor">So much one visitor adds to a cell, at most.</param>
/// <param name="Category">The fideslang data category that it is made from.</param>
/// <param name="Dimensions">By what it can be broken down.</param>
/// <param name="Needs">The dimension that a contract must name for it; null where none.</param>
public sealed record MenuFigure(
    Figure Figure,
    string Name,
    string Kind,
    Measure Measure,
    int CountsPerVisitor,
    string Category,
    ImmutableArray<Dimension> Dimensions,
    Dimension? Needs = null);

/// <summary>The fixed menu. There is nothing else to ask for.</summary>
public static class Menu
{
    private const string Browsing = "user.behavior.browsing_history";
    private const string Purchases = "user.behavior.purchase_history";

    private static readonly ImmutableArray<Dimension> s_pages = [Dimension.Country, Dimension.PageGroup];

    /// <summary>Every figure, in the order of the proto.</summary>
    public static ImmutableArray<MenuFigure> All { get; } =
    [
        new(Figure.PageViews, "page_views", "page_view", Measure.Events, 10, Browsing, s_pages),
        new(Figure.Visitors, "visitors", "page_view", Measure.Visitors, 1, Browsing, s_pages),
        new(Figure.Referrers, "referrers", "page_view", Measure.Visitors, 1, Browsing, [Dimension.Country, Dimension.Referrer], Dimension.Referrer),
        new(Figure.NewsletterClicks, "newsletter_clicks", "newsletter_click", Measure.Events, 3, Browsing, s_pages),
        new(Figure.OrderConversions, "order_conversions", "order", Measure.Visits, 3, Purchases, s_pages),
    ];

    /// <summary>The data category of a breakdown by country.</summary>
    public const string CountryCategory = "user.location.coarse";

    /// <summary>The figure with this name, or null.</summary>
    public static MenuFigure? Find(string name) => All.FirstOrDefault(f => f.Name == name);

    /// <summary>A dimension as contracts write it: <c>page_group</c>; also its column in the usage view.</summary>
    public static string NameOf(Dimension dimension) => dimension switch
    {
        Dimension.Country => "country",
        Dimension.PageGroup => "page_group",
        Dimension.Referrer => "referrer",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };
}
