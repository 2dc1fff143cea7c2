using Gateway.Core.Contracts;
using Gateway.Core.Contracts.Comparison;

namespace Gateway.Core.Tests.Contracts;

public sealed class SnapshotComparisonTests
{
    private const string Under = "under essential.service.fulfillment.warehousing";

    [Fact]
    public void Of_TheSame_IsNothing() => Compare(TestContracts.Northgate).ShouldBeEmpty();

    [Theory]
    [InlineData("address.street]", "address.street, address.region]", ChangeKind.Widening, "gains address.region (user.contact.address.state) " + Under + ", because print the label")]
    [InlineData("recipient_name, ", "", ChangeKind.Narrowing, "loses recipient_name (user.name) " + Under)]
    [InlineData("        keep_last: 3\n", "", ChangeKind.Widening, "gets phone_number (user.contact.phone_number) as it is, before keep_last: 3, " + Under)]
    [InlineData("keep_last: 3", "keep_last: 2", ChangeKind.Narrowing, "gets phone_number (user.contact.phone_number) keep_last: 2, before keep_last: 3, " + Under)]
    [InlineData("keep_last: 3", "pseudonym: true", ChangeKind.Widening, "gets phone_number (user.contact.phone_number) pseudonym: true, before keep_last: 3, " + Under)]
    [InlineData("ListShipments]", "ListShipments, WatchShipments]", ChangeKind.Widening, "may call gateway.fulfilment.v1.FulfilmentService/WatchShipments " + Under)]
    [InlineData(", ListShipments]", "]", ChangeKind.Narrowing, "may no longer call gateway.fulfilment.v1.FulfilmentService/ListShipments " + Under)]
    [InlineData("window: 30d", "window: 60d", ChangeKind.Widening, "has window 60d, before 30d, " + Under)]
    [InlineData("max_open: 90d", "max_open: 12h", ChangeKind.Narrowing, "has max_open 12h, before 90d, " + Under)]
    [InlineData("subjects_per_day: 5000", "misses_per_minute: 120", ChangeKind.Widening, "has subjects_per_day without limit, before 5000, " + Under)]
    [InlineData("expires: 2027-12-31", "expires: 2028-12-31", ChangeKind.Widening, "expires after 2028-12-31, before 2027-12-31")]
    [InlineData("networks: []", "networks: [192.0.2.0/24]", ChangeKind.Narrowing, "is held to networks 192.0.2.0/24, before of any kind")]
    [InlineData("because: print the label", "because: print it", ChangeKind.Other, "gets order_id " + Under + " because print it, before because print the label")]
    [InlineData("name: Northgate Fulfilment Ltd", "name: Northgate Ltd", ChangeKind.Other, "has the name Northgate Ltd, before Northgate Fulfilment Ltd")]
    [InlineData("authority: partners", "authority: others", ChangeKind.Other, "has the authority others, before partners")]
    public void Of_OneChange_IsToldInWords(string old, string by, ChangeKind kind, string text) =>
        Compare(TestContracts.Northgate.Replace(old, by))
            .ShouldContain(new ContractChange(kind, "northgate-warehouse", text));

    [Fact]
    public void Of_SeveralChanges_TellsWideningFirst()
    {
        var changes = Compare(TestContracts.Northgate.Replace("window: 30d", "window: 1d").Replace("because: print the label", "because: print it")
            .Replace("        keep_last: 3\n", ""));

        changes.Select(c => c.Kind).ShouldBe(changes.Select(c => c.Kind).Order());
        changes[0].Kind.ShouldBe(ChangeKind.Widening);
    }

    [Fact]
    public void Of_NewPartner_IsWideningAndEachFieldIsTold()
    {
        var changes = SnapshotComparison.Of(Snapshot(TestContracts.Northgate), Snapshot(TestContracts.Northgate, TestContracts.Southgate));

        changes[0].ShouldBe(new ContractChange(ChangeKind.Widening, "southgate-warehouse", "is a new partner"));
        changes.Count(c => c.Text.StartsWith("gains ", StringComparison.Ordinal)).ShouldBe(4);
        changes.ShouldAllBe(c => c.Kind == ChangeKind.Widening);
        SnapshotComparison.Of(Snapshot(TestContracts.Northgate, TestContracts.Southgate), Snapshot(TestContracts.Northgate))
            .ShouldAllBe(c => c.Kind == ChangeKind.Narrowing);
    }

    [Fact]
    public void Of_PolicyAllowsMore_IsWidening()
    {
        var wider = TestContracts.Compile(TestContracts.Policy.Replace("bases: [contract]", "bases: [contract, consent]"), TestContracts.Northgate);

        SnapshotComparison.Of(Snapshot(TestContracts.Northgate), wider.Snapshot.ShouldNotBeNull()).ShouldBe(
            [new ContractChange(ChangeKind.Widening, "", "the bases of essential.service.fulfillment.warehousing gain consent")]);
    }

    private static System.Collections.Immutable.ImmutableArray<ContractChange> Compare(ContractFile after) => SnapshotComparison.Of(Snapshot(TestContracts.Northgate), Snapshot(after));

    private static Snapshot Snapshot(params ContractFile[] contracts) =>
        TestContracts.Compile([TestContracts.Policy, .. contracts]).Snapshot.ShouldNotBeNull();
}
