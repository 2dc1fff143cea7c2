using System.Security.Cryptography;
using Gateway.Core.Contracts;

namespace Gateway.Core.Tests.Contracts;

public sealed class RevisionTests
{
    private static readonly ContractFile s_policy = new("policy.yaml", "p"u8.ToArray());
    private static readonly ContractFile s_partner = new("a.yaml", "xy"u8.ToArray());

    [Fact]
    public void Of_Files_IsTheDocumentedLayout()
    {
        byte[] layout =
        [
            .. "gateway-contracts-v1\n"u8,
            0, 0, 0, 0, 0, 0, 0, 6, .. "a.yaml"u8, 0, 0, 0, 0, 0, 0, 0, 2, .. "xy"u8,
            0, 0, 0, 0, 0, 0, 0, 11, .. "policy.yaml"u8, 0, 0, 0, 0, 0, 0, 0, 1, .. "p"u8,
        ];

        Revision.Of([s_policy, s_partner]).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(layout)));
    }

    [Fact]
    public void Of_OtherOrder_IsTheSame() => Revision.Of([s_partner, s_policy]).ShouldBe(Revision.Of([s_policy, s_partner]));

    [Fact]
    public void Of_StaffBesides_IsTheSame() =>
        Revision.Of([s_policy, s_partner, new ContractFile(ContractFile.Staff, "s"u8.ToArray())]).ShouldBe(Revision.Of([s_policy, s_partner]));

    [Fact]
    public void Of_BytesMovedBetweenNameAndContents_Differs() =>
        Revision.Of([new ContractFile("a", "b"u8.ToArray())])
            .ShouldNotBe(Revision.Of([new ContractFile("ab", Array.Empty<byte>())]), StringComparer.Ordinal);
}
