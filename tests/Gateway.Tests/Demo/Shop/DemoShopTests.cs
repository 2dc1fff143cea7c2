using Gateway.Core.Contracts;
using Gateway.Core.Sources;
using Gateway.Demo.Shop;
using Gateway.Protos.Delivery.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Stores.Sqlite.Preferences;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Parcel = Gateway.Protos.Shipping.V1.Parcel;

namespace Gateway.Tests.Demo.Shop;

public sealed class DemoShopTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-shop-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 14, 12, 0, 0, TimeSpan.Zero));
    private readonly string _path;
    private readonly SqliteRecordSource _source;

    public DemoShopTests()
    {
        _path = Path.Combine(_folder.FullName, "shop.db");
        DemoShop.Ensure(_path, _clock);
        _source = new SqliteRecordSource($"Data Source={_path}", _clock);
    }

    public static TheoryData<string> Records => ["shipments", "charges", "parcels", "subscribers", "downloads"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SampleOrder_EachPartner_HasItOpen()
    {
        var shipment = await GetAsync<Shipment>(ShopGrants.Shipments(), DemoShop.SampleOrder.OrderId);
        var charge = await GetAsync<Charge>(ShopGrants.Charges(), DemoShop.SampleOrder.PaymentId);
        var parcel = await GetAsync<Parcel>(ShopGrants.Parcels(), DemoShop.SampleOrder.ParcelId);

        shipment.Lines.Count.ShouldBe(2);
        shipment.GiftMessage.ShouldNotBeEmpty();
        charge.OrderId.ShouldBe(shipment.OrderId);
        charge.Amount.CurrencyCode.Length.ShouldBe(3);
        charge.Status.ShouldBe(ChargeStatus.Authorized);
        parcel.OrderId.ShouldBe(shipment.OrderId);
        parcel.DeclaredValue.ShouldBe(charge.Amount);
        Count($"SELECT count(*) FROM orders WHERE order_id = '{DemoShop.SampleOrder.OrderId}' AND customer_id = '{DemoShop.SampleOrder.CustomerId}'").ShouldBe(1);
        (await GetAsync<Shipment?>(ShopGrants.Shipments("southgate-warehouse"), DemoShop.SampleOrder.OrderId)).ShouldBeNull();
        foreach (var grant in (Grant[])[ShopGrants.Shipments(), ShopGrants.Charges(), ShopGrants.Parcels()])
        {
            (await _source.Prepare(grant).ListOpenAsync(Cursor.Start, 1000, _clock.GetUtcNow(), Token))
                .Count(r => r.Key.EndsWith("-1001", StringComparison.Ordinal)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Records_EveryState_AreThereAndWellFormed()
    {
        var north = await ListAsync<Shipment>(ShopGrants.Shipments());
        var south = await ListAsync<Shipment>(ShopGrants.Shipments("southgate-warehouse"));
        var charges = await ListAsync<Charge>(ShopGrants.Charges());
        var parcels = await ListAsync<Parcel>(ShopGrants.Parcels());

        north.Count.ShouldBeGreaterThan(150);
        south.Count.ShouldBeGreaterThan(100);
        (north.Count + south.Count).ShouldBeLessThan(DemoShop.Orders - 100, "some are closed long ago, or open too long");
        charges.Select(c => c.Status).Distinct().Count().ShouldBe(5);
        parcels.Count.ShouldBeLessThan(north.Count + south.Count);
        var shipments = north.Concat(south).ToArray();
        shipments.Select(s => s.Address.Country).Distinct(StringComparer.Ordinal).Count().ShouldBe(13);
        shipments.Count(s => s.Address.PostalCode.Length == 0).ShouldBeGreaterThan(20);
        shipments.Count(s => s.RecipientName.Any(c => c > 0x3000)).ShouldBeGreaterThan(50);
        shipments.Count(s => s.RecipientName.Length > 40).ShouldBeGreaterThan(2);
        Count("SELECT count(*) FROM orders WHERE status = 'cancelled'").ShouldBeGreaterThan(20);
        Count("SELECT count(*) FROM parcels WHERE carrier_id = 'PAPER'").ShouldBeGreaterThan(20);
        Count("SELECT count(*) FROM orders WHERE changed_at > '2026-03-14T12:00:00.000Z'").ShouldBe(0);
    }

    [Fact]
    public void Ensure_SameDay_MakesTheSameShop()
    {
        var other = Path.Combine(_folder.FullName, "other.db");
        DemoShop.Ensure(other, _clock);

        Texts(other, "SELECT group_concat(recipient_name || street || placed_at || changed_at) FROM orders")
            .ShouldBe(Texts(_path, "SELECT group_concat(recipient_name || street || placed_at || changed_at) FROM orders"));
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Views_EveryStatement_GoesByAnIndex(string record)
    {
        var grant = record switch { "shipments" => ShopGrants.Shipments(), "charges" => ShopGrants.Charges(), "parcels" => ShopGrants.Parcels(), "subscribers" => ShopGrants.Subscribers(), _ => ShopGrants.Downloads() };
        var queries = new GrantQueries(grant);
        string[] ordered = [queries.List, queries.ListOpen, queries.Departures];
        string[] others =
        [
            queries.BatchGet, queries.Expired, queries.ListOpenOfSubject, .. grant.Record.AlternateKeys.Prepend(grant.Record.Key).Select(queries.Get),
            .. queries.Children.SelectMany(c => (string[])[c.OfOne, c.OfMany]),
        ];

        foreach (var sql in ordered.Concat(others))
        {
            var plan = Plan(sql);
            plan.ShouldNotContain(line => line.StartsWith("SCAN ", StringComparison.Ordinal) && !line.Contains("json_each"), $"{sql}\n{string.Join('\n', plan)}");
            if (ordered.Contains(sql))
            {
                plan.ShouldNotContain(line => line.Contains("TEMP B-TREE FOR ORDER BY"), $"{sql}\n{string.Join('\n', plan)}");
            }
        }
    }

    [Fact]
    public void Preferences_EveryStatement_GoesByAnIndex()
    {
        foreach (var sql in (string[])[PreferenceStatements.ReadSql, PreferenceStatements.ChangesSql])
        {
            Plan(sql).ShouldNotContain(line => line.StartsWith("SCAN ", StringComparison.Ordinal) && !line.Contains("json_each"), sql);
            Plan(sql).ShouldNotContain(line => line.Contains("TEMP B-TREE"), sql);
        }
    }

    [Fact]
    public async Task Mail_EveryKindOfSubscriberAndDownload_IsThereAndWellFormed()
    {
        var subscribers = (await _source.Prepare(ShopGrants.Subscribers()).ListAsync(Cursor.Start, 2000, _clock.GetUtcNow(), Token)).Select(r => (Subscriber)r.Record).ToArray();
        var downloads = await ListAsync<Download>(ShopGrants.Downloads());

        subscribers.Select(s => s.List).Distinct(StringComparer.Ordinal).ShouldBe(["newsletter", "offers", "surveys"], ignoreOrder: true);
        subscribers.Select(s => s.Language).Distinct(StringComparer.Ordinal).Count().ShouldBe(13);
        subscribers.ShouldAllBe(s => s.GivenName.Length > 0 && s.Email.Contains('@') && s.Since != null);
        subscribers.Length.ShouldBeGreaterThan(100);
        downloads.Count.ShouldBeGreaterThan(20);
        downloads.ShouldAllBe(d => d.Title.Length > 0 && d.Expiry != null);
        Count("SELECT count(*) FROM sharing_preferences WHERE state = 'soft_opt_in'").ShouldBeGreaterThan(20);
        Count("SELECT count(*) FROM sharing_preferences WHERE state = 'opted_out'").ShouldBeGreaterThan(20);
        Count("SELECT count(*) FROM subscriptions s WHERE NOT EXISTS (SELECT 1 FROM preferences p WHERE p.customer_id = s.customer_id AND p.topic = s.list)").ShouldBeGreaterThan(10);
        Count("SELECT count(*) FROM downloads WHERE changed_at > '2026-03-14T12:00:00.000Z'").ShouldBe(0);
        Count("SELECT count(*) FROM subscriptions WHERE subscription_id = 'N-5001' AND customer_id = 'C-5001'").ShouldBe(1);
    }

    [Fact]
    public async Task Evolution_ManySteps_ShowsChangesAndStaysBounded()
    {
        using var evolution = new ShopEvolution(_path, _clock, NullLogger<ShopEvolution>.Instance);
        var before = _clock.GetUtcNow();
        var sample = await GetAsync<Shipment>(ShopGrants.Shipments(), DemoShop.SampleOrder.OrderId);
        for (var i = 0; i < 1100; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            evolution.Step();
        }

        var departures = await _source.Prepare(ShopGrants.Shipments()).ListDeparturesAsync(new Cursor(before, ""), 1000, _clock.GetUtcNow(), Token);
        departures.Select(d => d.Reason).Distinct().ShouldBe([DepartureReason.Closed, DepartureReason.Withdrawn], ignoreOrder: true);
        (await _source.Prepare(ShopGrants.Shipments()).ListAsync(new Cursor(before, ""), 1000, _clock.GetUtcNow(), Token)).ShouldNotBeEmpty();
        (await GetAsync<Shipment>(ShopGrants.Shipments(), DemoShop.SampleOrder.OrderId)).ShouldBe(sample);
        Count("SELECT count(*) FROM orders").ShouldBeInRange(DemoShop.Orders, ShopEvolution.MostOrders + 5);
        Count("SELECT count(*) FROM order_lines WHERE order_no NOT IN (SELECT order_no FROM orders)").ShouldBe(0);
        Count("SELECT count(*) FROM preferences WHERE changed_at > '2026-03-14T12:00:01.000Z'").ShouldBeGreaterThan(100);
        Count("SELECT count(*) FROM preferences WHERE customer_id = 'C-5001' AND topic = 'newsletter' AND state = 'requested'").ShouldBe(1);
        await ListAsync<Charge>(ShopGrants.Charges());
        await ListAsync<Parcel>(ShopGrants.Parcels());
    }

    public void Dispose()
    {
        _source.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<T> GetAsync<T>(Grant grant, string key) =>
        (T)(await _source.Prepare(grant).GetAsync(grant.Record.Key, key, _clock.GetUtcNow(), Token))?.Record!;

    private async Task<List<T>> ListAsync<T>(Grant grant) =>
        [.. (await _source.Prepare(grant).ListAsync(Cursor.Start, 1000, _clock.GetUtcNow(), Token)).Select(r => (T)r.Record)];

    private string[] Plan(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        for (var i = 1; i <= 11 && sql.Contains('?'); i++)
        {
            command.Parameters.Add(new SqliteParameter($"?{i}", SqliteType.Text) { Value = "" });
        }

        using var reader = command.ExecuteReader();
        var lines = new List<string>();
        while (reader.Read())
        {
            lines.Add(reader.GetString(3));
        }

        return [.. lines];
    }

    private long Count(string sql) => long.Parse(Texts(_path, sql), null);

    private static string Texts(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return $"{command.ExecuteScalar()}";
    }
}
