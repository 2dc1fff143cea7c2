using CsCheck;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Tests.Contracts;

public sealed class SnapshotCompilerTests
{
    [Fact]
    public void Compile_GoodFiles_GivesTheGrantAsWritten()
    {
        var compiled = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate.Replace("networks: []", "networks: [192.0.2.0/24]"));

        var contract = compiled.Snapshot.ShouldNotBeNull().Contracts.ShouldHaveSingleItem();
        contract.Partner.Id.ShouldBe("northgate-warehouse");
        contract.Partner.Role.ShouldBe(PartnerRole.Processor);
        contract.Agreement.Expires.ShouldBe(new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero));
        contract.Identity.Networks.ShouldHaveSingleItem().ToString().ShouldBe("192.0.2.0/24");
        var grant = contract.Grants.ShouldHaveSingleItem();
        grant.Methods.Order(StringComparer.Ordinal).ShouldBe(
            ["gateway.fulfilment.v1.FulfilmentService/GetShipment", "gateway.fulfilment.v1.FulfilmentService/ListShipments"]);
        grant.Fields.Select(f => f.Leaf.Path).ShouldBe(["order_id", "recipient_name", "address.street", "phone_number"]);
        grant.Fields[^1].Transform.ShouldBe(new Transform.KeepLast(3));
        grant.Granted.Leaves(grant.Record).ShouldBe(grant.Fields.Select(f => f.Leaf));
        grant.Window.ShouldBe(TimeSpan.FromDays(30));
        grant.Limits.ShouldBe(new Limits(50, 5000, 120));
    }

    [Fact]
    public void InForce_FirstAndLastInstant_AreTheAgreementsDays()
    {
        var snapshot = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate).Snapshot.ShouldNotBeNull();
        var uri = snapshot.Contracts[0].Identity.Uri;
        var first = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var after = new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero);

        snapshot.InForce(uri, first.AddTicks(-1)).ShouldBeNull();
        snapshot.InForce(uri, first).ShouldNotBeNull();
        snapshot.InForce(uri, after.AddTicks(-1)).ShouldNotBeNull();
        snapshot.InForce(uri, after).ShouldBeNull();
        SpiffeId.TryParse("spiffe://shop.example/partner/stranger", out var stranger).ShouldBeTrue();
        snapshot.InForce(stranger, first).ShouldBeNull();
    }

    [Fact]
    public void Compile_NoPolicy_IsAnError()
    {
        var compiled = TestContracts.Compile(TestContracts.Northgate);

        compiled.Snapshot.ShouldBeNull();
        compiled.Errors.ShouldHaveSingleItem().ToString().ShouldStartWith("policy.yaml:1:1: there is no policy;");
    }

    [Fact]
    public void Compile_FileOverAMebibyte_IsAnError()
    {
        var large = TestContracts.Northgate.With(TestContracts.Northgate.Text() + "#" + new string(' ', 1 << 20));

        TestContracts.Compile(TestContracts.Policy, large).Errors.ShouldHaveSingleItem().What.ShouldBe("the file is larger than 1 MiB");
    }

    [Fact]
    public void Compile_Twice_GivesGrantsIdsOfTheirOwn()
    {
        var one = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate).Snapshot.ShouldNotBeNull();
        var two = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate).Snapshot.ShouldNotBeNull();

        one.Contracts[0].Grants[0].Id.ShouldNotBe(two.Contracts[0].Grants[0].Id);
        one.Revision.ShouldBe(two.Revision);
    }

    [Fact]
    public void Compile_MutilatedText_NeverThrows()
    {
        var text = TestContracts.Northgate.Text();
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 12], Gen.String[Gen.Char["[]{}:,-?&*!|>'\"%@`#\t\n \0é"], 0, 4]).Sample(
            (at, drop, insert) =>
            {
                var broken = text.Remove(at, Math.Min(drop, text.Length - at)).Insert(at, insert);
                var compiled = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate.With(broken));
                return (compiled.Snapshot is null) == !compiled.Errors.IsEmpty;
            },
            iter: 3000);
    }
}
