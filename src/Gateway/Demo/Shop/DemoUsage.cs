using System.Globalization;
using Bogus;
using Gateway.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gateway.Demo.Shop;

/// <summary>
/// The demo's usage events, in a database of their own that knows no customer: generated visitors with tokens of the usage system, the same
/// ones each time. Enough for whole months that are over.
/// </summary>
internal static class DemoUsage
{
    private const int Seed = 20101218;
    private const int VisitsADay = 45;

    private const string Schema = """
        PRAGMA application_id = 1196901459;
        CREATE TABLE events (visitor TEXT NOT NULL, visit TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
            page_group TEXT NOT NULL, country TEXT NOT NULL, referrer TEXT NOT NULL);
        CREATE VIEW sharing_usage_events AS SELECT visitor, visit, at, kind, page_group, country, referrer FROM events;
        """;

    private static readonly string[] s_parameters = ["$visitor", "$visit", "$at", "$kind", "$page", "$country", "$referrer"];
    private static readonly string[] s_countries = ["GB", "IE", "DE", "FR", "NL", "US", "IS", "NZ"];
    private static readonly float[] s_countryWeights = [0.52f, 0.17f, 0.12f, 0.09f, 0.06f, 0.025f, 0.01f, 0.005f];
    private static readonly string[] s_pages = ["home", "catalogue", "product", "basket", "help", "careers"];
    private static readonly float[] s_pageWeights = [0.2f, 0.3f, 0.32f, 0.1f, 0.06f, 0.02f];
    private static readonly string[] s_referrers = ["search", "direct", "social", "newsletter", "partner-site", "intranet"];
    private static readonly float[] s_referrerWeights = [0.45f, 0.27f, 0.14f, 0.1f, 0.03f, 0.01f];

    /// <summary>Makes the database at <paramref name="path"/> unless it is there: from the month before last until now.</summary>
    public static void Ensure(string path, TimeProvider clock)
    {
        if (File.Exists(path))
        {
            return;
        }

        var making = path + ".new";
        File.Delete(making);
        PrivateFile.Ensure(making);
        using (var connection = DemoShop.Open(making))
        {
            DemoShop.Execute(connection, "PRAGMA synchronous = OFF");
            using var transaction = connection.BeginTransaction();
            DemoShop.Execute(connection, Schema);
            Fill(connection, clock.GetUtcNow());
            DemoShop.Execute(connection, "CREATE INDEX events_counted ON events (kind, at)");
            transaction.Commit();
        }

        File.Move(making, path);
    }

    // A token of the usage system: it leads to no customer.
    private static string Token(int who) => $"v-{new Randomizer(Seed + who).Hexadecimal(16, "")}";

    private static string Country(int who) => new Randomizer(Seed - who - 1).WeightedRandom(s_countries, s_countryWeights);

    private static void Fill(SqliteConnection connection, DateTimeOffset now)
    {
        var random = new Randomizer(Seed);
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO events VALUES ($visitor, $visit, $at, $kind, $page, $country, $referrer)";
        var parameters = s_parameters.Select(n => insert.Parameters.Add(n, SqliteType.Text)).ToArray();
        insert.Prepare();
        void Event(string visitor, string visit, DateTimeOffset at, string kind, string page, string country, string referrer)
        {
            string[] values = [visitor, visit, at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), kind, page, country, referrer];
            for (var i = 0; i < values.Length; i++)
            {
                parameters[i].Value = values[i];
            }

            insert.ExecuteNonQuery();
        }

        var first = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(-2);
        var number = 0;
        for (var day = first; day < now; day = day.AddDays(1))
        {
            for (var i = 0; i < VisitsADay; i++)
            {
                // Some come back: one of the visitors so far, always from the same country.
                var who = random.Bool(0.4f) && number > 0 ? random.Int(0, number - 1) : number++;
                var visitor = Token(who);
                var country = Country(who);
                var visit = $"{visitor}-{day:yyMMdd}-{i}";
                var referrer = random.WeightedRandom(s_referrers, s_referrerWeights);
                var at = day.AddSeconds(random.Int(0, 80_000));
                for (var page = random.Int(1, 5); page > 0 && at < now; page--, at = at.AddSeconds(random.Int(5, 600)))
                {
                    Event(visitor, visit, at, "page_view", random.WeightedRandom(s_pages, s_pageWeights), country, referrer);
                }

                if (referrer == "newsletter" && at < now)
                {
                    Event(visitor, visit, at, "newsletter_click", "product", country, referrer);
                }

                if (random.Bool(0.06f) && at < now)
                {
                    Event(visitor, visit, at, "order", "basket", country, referrer);
                }
            }
        }
    }
}
