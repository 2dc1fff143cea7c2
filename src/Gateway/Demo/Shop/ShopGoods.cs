namespace Gateway.Demo.Shop;

/// <summary>What the demo shop sells: books, whose titles tell of their readers, and a few things that do not.</summary>
internal static class ShopGoods
{
    public static IReadOnlyList<Product> All { get; } =
    [
        new("BK-1001", "Living with Diabetes: A Cookbook", "Printed books", 640, 2199),
        new("BK-1002", "Coming Out in a Small Town", "Printed books", 310, 1299),
        new("BK-1003", "Prayers for a Hard Year", "Printed books", 220, 999),
        new("BK-1004", "Sober: The First Ninety Days", "Printed books", 280, 1449),
        new("BK-1005", "Understanding Your IVF Journey", "Printed books", 350, 1899),
        new("BK-1006", "Forming a Union: A Handbook", "Printed books", 300, 1650),
        new("BK-1007", "Divorce without War", "Printed books", 330, 1599),
        new("BK-1008", "The Quiet Depression", "Printed books", 290, 1399),
        new("BK-1009", "A Field Guide to Coastal Birds", "Printed books", 720, 2499),
        new("BK-1010", "ギリシャの島々を歩く", "Printed books", 410, 1980),
        new("BK-1011", "Die Kunst des Brotbackens", "Printed books", 890, 2990),
        new("BK-1012", "Ο μικρός κηπουρός", "Printed books", 340, 1250),
        new("HM-2001", "Enamel Mug, Blue Rim", "Household goods", 260, 1400),
        new("HM-2002", "Linen Tea Towel, Set of Three", "Textiles", 240, 2100),
        new("HM-2003", "Beeswax Candle", "Household goods", 180, 895),
        new("HM-2004", "Reading Lamp, Brass", "Electrical goods", 1450, 8900),
        new("HM-2005", "Blood Pressure Monitor", "Medical goods", 520, 4550),
        new("ST-3001", "Notebook, Squared, A5", "Stationery", 230, 650),
        new("ST-3002", "Fountain Pen, Fine", "Stationery", 60, 3200),
        new("ST-3003", "Writing Paper, 100 Sheets", "Stationery", 510, 1150),
        new("TY-4001", "Wooden Puzzle, World Map", "Toys", 980, 3490),
        new("TY-4002", "Kite, Red", "Toys", 150, 1790),
    ];
}
