using Gateway.Contracts;
using Gateway.Core.Contracts;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;

namespace Gateway.Tests.Contracts;

public sealed class AccessMatrixTests
{
    private const string Warehousing = "essential.service.fulfillment.warehousing";
    private const string Shipment = "gateway.fulfilment.v1.Shipment";
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AccessMatrix _matrix = new(DemoContracts.Catalogue);
    private readonly Snapshot _snapshot = SnapshotCompiler.Compile(DemoContracts.Files, DemoContracts.Catalogue, s_now).Snapshot.ShouldNotBeNull();

    [Fact]
    public void AddGranted_Contracts_GivesEachFieldOnceUnderItsCategory()
    {
        _matrix.AddGranted(_snapshot, s_now);

        _matrix.Rows.Sum(r => r.Granted.Count).ShouldBe(_snapshot.Contracts.Sum(c => c.Grants.Sum(g => g.Fields.Length) + (c.Statistics?.Figures.Sum(f => f.Categories.Length) ?? 0)));
        _matrix.Rows.ShouldAllBe(r => r.Answers == 0);
        Row("northgate-warehouse", "user.contact.phone_number").Granted.ShouldBe(["phone_number (keep_last: 3)"]);
        Row("southgate-warehouse", "user.content").Sensitive.ShouldBeTrue();
        Row("northgate-warehouse", "user.name").Sensitive.ShouldBeFalse();
    }

    [Fact]
    public void AddGranted_AgreementNotInForce_IsNotThere()
    {
        _matrix.AddGranted(_snapshot, s_now.AddYears(20));

        _matrix.Rows.ShouldBeEmpty();
    }

    [Fact]
    public void AddUsed_Scopes_AddUpByCategoryWithTheLast()
    {
        _matrix.AddGranted(_snapshot, s_now);

        _matrix.AddUsed("northgate-warehouse", Scope("order_id", "address.street", "address.country"), 3, s_now);
        _matrix.AddUsed("northgate-warehouse", Scope("address.street"), 4, s_now.AddDays(-1));

        var street = Row("northgate-warehouse", "user.contact.address.street");
        (street.Answers, street.Last.ToDateTimeOffset()).ShouldBe((7, s_now));
        street.Released.ShouldBe(["address.street"]);
        Row("northgate-warehouse", "user.contact.address.country").Answers.ShouldBe(3);
        Row("northgate-warehouse", "user.name").Answers.ShouldBe(0);
        Row("southgate-warehouse", "user.contact.address.street").Answers.ShouldBe(0);
    }

    [Fact]
    public void AddUsed_NoLongerGranted_StaysVisible()
    {
        _matrix.AddGranted(_snapshot, s_now);

        _matrix.AddUsed("northgate-warehouse", Scope("gift_message", "a_field_of_old"), 1, s_now);
        _matrix.AddUsed("partner-of-old", Scope("order_id"), 1, s_now);

        var gift = Row("northgate-warehouse", "user.content");
        (gift.Granted.Count, gift.Answers).ShouldBe((0, 1));
        Row("northgate-warehouse", AccessMatrix.Other).Released.ShouldBe(["a_field_of_old"]);
        Row("partner-of-old", "system.operations").PartnerName.ShouldBeEmpty();
    }

    [Fact]
    public void AddUsed_TableOfStatistics_CountsUnderTheCategoriesThatAreGranted()
    {
        _matrix.AddGranted(_snapshot, s_now);

        _matrix.AddUsed("prism-statistics", new Scope
        {
            Purpose = "analytics.reporting.content_performance", Record = "gateway.statistics.v1.GetStatisticsResponse", Released = { "visitors by country, months" },
        }, 2, s_now);

        _matrix.Rows.Count(r => r.Partner == "prism-statistics").ShouldBe(3);
        var where = Row("prism-statistics", "user.location.coarse");
        (where.Answers, where.Released.Single()).ShouldBe((2, "visitors by country, months"));
        where.Granted.ShouldBe(["visitors by country, months", "newsletter_clicks by country, months"]);
        Row("prism-statistics", "user.behavior.browsing_history").Answers.ShouldBe(2);
        Row("prism-statistics", "user.behavior.purchase_history").Answers.ShouldBe(0);
    }

    private static Scope Scope(params string[] released) => new() { Purpose = Warehousing, Record = Shipment, Released = { released } };

    private Access Row(string partner, string category) => _matrix.Rows.Single(r => r.Partner == partner && r.Category == category);
}
