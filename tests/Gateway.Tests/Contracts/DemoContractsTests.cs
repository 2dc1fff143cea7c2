using Gateway.Core.Contracts;

namespace Gateway.Tests.Contracts;

public sealed class DemoContractsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void DemoContracts_Compiled_HaveNoErrorAndNoWarning()
    {
        var compiled = SnapshotCompiler.Compile(DemoContracts.Files, DemoContracts.Catalogue, s_now);

        compiled.Errors.ShouldBeEmpty();
        compiled.Warnings.ShouldBeEmpty();
        compiled.Snapshot.ShouldNotBeNull().Contracts.Select(c => c.Partner.Id).Order(StringComparer.Ordinal)
            .ShouldBe(["cedar-payments", "harbour-carrier", "lantern-downloads", "meridian-mail", "northgate-warehouse", "prism-statistics", "southgate-warehouse"]);
    }

    [Fact]
    public void DemoContracts_EachGrant_WithholdsSomethingOfItsRecord()
    {
        var snapshot = SnapshotCompiler.Compile(DemoContracts.Files, DemoContracts.Catalogue, s_now).Snapshot.ShouldNotBeNull();

        foreach (var grant in snapshot.Contracts.SelectMany(c => c.Grants))
        {
            grant.Fields.Length.ShouldBeLessThan(grant.Record.Leaves.Length);
            grant.Granted.Has(grant.Record.Key.Index).ShouldBeTrue();
        }
    }

    [Fact]
    public void DemoStaff_Compiled_IsOnePersonARole()
    {
        var compiled = StaffCompiler.Compile(DemoContracts.Files.Single(f => f.Name == ContractFile.Staff));

        compiled.Errors.ShouldBeEmpty();
        compiled.Staff.ShouldNotBeNull().Members.Select(m => m.Id).ShouldBe(["security-analyst", "privacy-officer", "operator", "legal-counsel"]);
        compiled.Staff.Members.SelectMany(m => m.Roles).ShouldBe(Enum.GetValues<StaffRole>(), ignoreOrder: true);
        compiled.Staff.Members.Single(m => m.Id == "operator").May(StaffPermission.ReadLog).ShouldBeFalse();
    }
}
