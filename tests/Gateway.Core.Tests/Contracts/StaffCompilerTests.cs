using System.Text;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Contracts;

public sealed class StaffCompilerTests
{
    private const string Good = """
        staff:
          - id: security-analyst
            name: Analyst
            uri: spiffe://shop.example/staff/security-analyst
            roles: [security]
          - id: operator
            name: Operator
            uri: spiffe://shop.example/staff/operator
            roles: [operations, privacy]
        """;

    [Fact]
    public void Compile_GoodFile_GivesEachPersonWhatTheirRolesAllow()
    {
        var staff = Compile(Good).Staff.ShouldNotBeNull();
        SpiffeId.TryParse("spiffe://shop.example/staff/security-analyst", out var analyst).ShouldBeTrue();
        SpiffeId.TryParse("spiffe://shop.example/staff/nobody", out var nobody).ShouldBeTrue();

        var member = staff.Find(analyst).ShouldNotBeNull();
        member.May(StaffPermission.ChangeStanding).ShouldBeTrue();
        member.May(StaffPermission.ReadTraces).ShouldBeTrue();
        member.May(StaffPermission.ReadContracts).ShouldBeFalse();
        staff.Members[1].Roles.Order().ShouldBe([StaffRole.Privacy, StaffRole.Operations]);
        staff.Find(nobody).ShouldBeNull();
    }

    [Theory]
    [InlineData("roles: [security]", "roles: [securty]", "staff.yaml:5:13: 'securty' is not known as 'roles'; did you mean 'security'?")]
    [InlineData("roles: [security]", "roles: []", "staff.yaml:5:12: 'roles' is empty; write 'roles: [operations]'")]
    [InlineData("id: operator", "id: security-analyst", "staff.yaml:6:9: 'security-analyst' is listed twice; give each person an id of their own")]
    [InlineData("staff/operator", "staff/security-analyst",
        "staff.yaml:8:10: 'spiffe://shop.example/staff/security-analyst' is listed twice; give each person a certificate of their own")]
    [InlineData("name: Analyst", "names: Analyst", "staff.yaml:3:5: 'names' is no key of the member of staff; did you mean 'name'?")]
    public void Compile_BadFile_TellsWhere(string old, string by, string expected)
    {
        var compiled = Compile(Good.Replace(old, by, StringComparison.Ordinal));

        compiled.Staff.ShouldBeNull();
        compiled.Errors.Select(e => e.ToString()).ShouldContain(expected, StringComparer.Ordinal);
    }

    private static CompiledStaff Compile(string text) => StaffCompiler.Compile(new ContractFile(ContractFile.Staff, Encoding.UTF8.GetBytes(text)));
}
