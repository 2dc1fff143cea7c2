using System.Globalization;
using Gateway.Calls;
using Gateway.Core.Subjects;
using Gateway.Demo.Shop;
using Gateway.Protos.Subject.V1;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Subjects;

/// <summary>What is held: each customer's own, all of it that is granted to anybody, and nothing else. The oracle is SQL over the views.</summary>
public sealed class SharedInformationTests : IDisposable
{
    private readonly Gateway.Configuration.GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task EveryCustomer_SeesTheirOwnRecordsAndNobodyElses()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        var customers = scene.Customers();
        customers.Count.ShouldBeGreaterThan(50);
        foreach (var customer in customers)
        {
            var held = await scene.HeldAsync(customer);

            var values = held.Categories.SelectMany(c => c.Values).ToArray();
            held.Truncated.ShouldBeFalse();
            values.Select(v => (v.Record, v.Key)).Distinct().ShouldBe(Owned(customer), ignoreOrder: true);
            foreach (var value in values.Where(v => !v.Field.StartsWith("lines.", StringComparison.Ordinal)))
            {
                var stored = Stored(value, customer).ShouldNotBeNull($"{value.Record} {value.Field}");
                if (DateTimeOffset.TryParse(stored, CultureInfo.InvariantCulture, out var time) && stored.EndsWith('Z'))
                {
                    stored = time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
                }

                value.Value_.ShouldStartWith(stored, Case.Insensitive, value.Field);
            }
        }
    }

    [Fact]
    public async Task Answer_SaysWhatItCoversInPlainWordsAndIsRecordedUnderTheSubject()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);

        var held = await scene.HeldAsync(SubjectScene.Customer);

        held.Coverage.ShouldContain("not everything");
        held.MostRecords.ShouldBe(HeldInformation.MostRecords);
        held.Categories.Select(c => c.Title).ShouldBeInOrder(SortDirection.Ascending, StringComparer.Ordinal);
        held.Categories.SelectMany(c => c.Values).ShouldContain(v => v.Field == "recipient_name" && v.Title == "name of who receives it" && v.RecordTitle == "an order to be packed");
        var key = (await scene.KeyOfAsync(SubjectScene.Customer)).ShouldNotBeNull();
        var entry = (await LoggedEntries.ReadAsync(_settings.Log)).Single(e => e.Id() == held.Receipt.Id);
        (entry.Method, entry.Purpose, entry.Basis).ShouldBe((SubjectAccess.Service + "/GetSharedInformation", "essential.legal_obligation", "legal_obligation"));
        Core.Log.EntryPseudonyms.Of(entry.Subjects).ShouldAllBe(p => p == key.Pseudonym);
        Core.Log.EntryPseudonyms.Of(entry.Records).ShouldContain(key.OfRecord("gateway.fulfilment.v1.Shipment", DemoShop.SampleOrder.OrderId));
        held.Receipt.Scope.Released.ShouldContain(p => p == "Shipment.recipient_name");
    }

    [Fact]
    public async Task FieldThatNobodyIsGranted_IsNeverRead()
    {
        PartnerServices.Catalogue.Records["gateway.fulfilment.v1.Shipment"].FindLeaf("delivery_instructions").ShouldNotBeNull();
        // A column that is not there cannot be read.
        ShopViews.DropColumn(_settings, "delivery_instructions");
        await using var scene = await SubjectScene.StartAsync(_settings);

        var held = await scene.HeldAsync(SubjectScene.Customer);

        held.Categories.SelectMany(c => c.Values).ShouldNotContain(v => v.Record.EndsWith("Shipment", StringComparison.Ordinal) && v.Field == "delivery_instructions");
        held.Categories.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Nobody_IsAnEmptyAnswerAndMakesNoKey()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);

        (await scene.HeldAsync("C-nobody")).Categories.ShouldBeEmpty();
        (await scene.HeldAsync("C-5001' OR '1'='1")).Categories.ShouldBeEmpty();

        (await scene.KeyOfAsync("C-nobody")).ShouldBeNull();
    }

    [Fact]
    public async Task MoreRecordsThanAnAnswerHolds_SaysSo()
    {
        ShopViews.Execute(_settings, "UPDATE orders SET customer_id = 'C-5001'");
        await using var scene = await SubjectScene.StartAsync(_settings);

        var held = await scene.HeldAsync(SubjectScene.Customer);

        held.Truncated.ShouldBeTrue();
        held.Categories.SelectMany(c => c.Values).Where(v => v.Record == "gateway.fulfilment.v1.Shipment").Select(v => v.Key).Distinct(StringComparer.Ordinal).Count()
            .ShouldBe(HeldInformation.MostRecords);
    }

    [Fact]
    public async Task Source_Broken_NoAnswerAtAll()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        (await scene.HeldAsync(SubjectScene.Customer)).Categories.ShouldNotBeEmpty();
        ShopViews.Execute(_settings, "DROP VIEW sharing_parcels");

        await scene.Site.GetSharedInformationAsync(
            new GetSharedInformationRequest(), scene.As(SubjectScene.Customer), cancellationToken: TestContext.Current.CancellationToken)
            .ShouldBeRefusedAsync("SOURCE_UNAVAILABLE");
    }

    [Fact]
    public async Task Log_Unavailable_NoAnswer()
    {
        await using var scene = await SubjectScene.StartAsync(_settings, more: services => services.AddSingleton<Core.Log.IDisclosureCondition, Unmet>());

        await scene.Site.GetSharedInformationAsync(
            new GetSharedInformationRequest(), scene.As(SubjectScene.Customer), cancellationToken: TestContext.Current.CancellationToken)
            .ShouldBeRefusedAsync("LOG_UNAVAILABLE");
    }

    private sealed class Unmet : Core.Log.IDisclosureCondition
    {
        string? Core.Log.IDisclosureCondition.Unmet => "broken by the test";
    }

    private static string View(string record) => PartnerServices.Catalogue.Records[record].Source;

    private List<(string Record, string Key)> Owned(string customer)
    {
        var owned = new List<(string, string)>();
        foreach (var record in PartnerServices.Catalogue.Records.Values.Where(r => Granted(r.Name)))
        {
            using var connection = DemoShop.Open(_settings.Data.Shop);
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of our protos.
            command.CommandText = $"SELECT DISTINCT {record.Key.Path} FROM sharing_{record.Source} WHERE subject_id = $customer";
#pragma warning restore CA2100
            command.Parameters.AddWithValue("$customer", customer);
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                owned.Add((record.Name, rows.GetString(0)));
            }
        }

        return owned;
    }

    private bool Granted(string record) =>
        _settings.Contracts.GetFiles("*.yaml").Any(f => File.ReadAllText(f.FullName).Contains($"record: {record}", StringComparison.Ordinal));

    private string? Stored(GetSharedInformationResponse.Types.Value value, string customer)
    {
        using var connection = DemoShop.Open(_settings.Data.Shop);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of our protos.
        command.CommandText = $"""
            SELECT {value.Field.Replace('.', '_')} FROM sharing_{View(value.Record)}
            WHERE {PartnerServices.Catalogue.Records[value.Record].Key.Path} = $key AND subject_id = $customer
            """;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$key", value.Key);
        command.Parameters.AddWithValue("$customer", customer);
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
