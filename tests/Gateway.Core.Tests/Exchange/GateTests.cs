using System.Collections.Frozen;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Tests.Contracts;

namespace Gateway.Core.Tests.Exchange;

public sealed class GateTests
{
    /// <summary>Every refusal of the gate, the one that takes precedence first.</summary>
    private static readonly RefusalReason[] s_precedence =
    [
        RefusalReason.KeyRevoked, RefusalReason.NoContract, RefusalReason.AuthorityMismatch, RefusalReason.KeyNotPinned, RefusalReason.CertificateExpired,
        RefusalReason.NetworkNotAllowed, RefusalReason.PartnerSuspended, RefusalReason.AgreementNotInForce, RefusalReason.UnknownMethod,
    ];

    public static TheoryData<RefusalReason> Reasons => [.. s_precedence];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Gate_EverythingWrongFromHereOn_GivesThisReason(RefusalReason reason)
    {
        var wrong = s_precedence.SkipWhile(r => r != reason).ToHashSet();

        Judge(wrong).ShouldBe(reason);
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Gate_OnlyThisWrong_GivesThisReason(RefusalReason reason) => Judge([reason]).ShouldBe(reason);

    [Fact]
    public void Gate_NothingWrong_Passes() => Judge([]).ShouldBeNull();

    [Fact]
    public void Gate_AnothersMethod_IsNotGranted()
    {
        var scene = new ExchangeScene();

        Reason(scene.Gate(scene.Open(ExchangeScene.GetCharge))).ShouldBe(RefusalReason.MethodNotGranted);
    }

    [Fact]
    public void Gate_MethodAboutTheOwnContract_NeedsNoGrant()
    {
        var scene = new ExchangeScene();

        Reason(scene.Gate(scene.Open(ExchangeScene.DescribeContract))).ShouldBeNull();
    }

    [Theory]
    [InlineData("192.0.2.200", true)]
    [InlineData("::ffff:192.0.2.200", true)]
    [InlineData("192.0.3.1", false)]
    [InlineData("::ffff:192.0.3.1", false)]
    [InlineData("2001:db8:1::9", true)]
    [InlineData("2001:db8:2::9", false)]
    public void Network_EachNotationOfAnAddress_IsJudgedAlike(string address, bool allowed)
    {
        var scene = new ExchangeScene(ExchangeContracts.NorthgateFile.Replace("networks: []", "networks: [192.0.2.0/24, \"2001:db8:1::/48\"]"));

        var reason = Reason(scene.Gate(scene.Open(ExchangeScene.GetShipment, ExchangeScene.Connection(address: address))));

        reason.ShouldBe(allowed ? null : RefusalReason.NetworkNotAllowed);
    }

    [Theory]
    [InlineData("2026-06-01T12:00:00Z", "northgate-warehousing", null)]
    [InlineData("2026-07-31T23:59:59Z", "northgate-warehousing", null)]
    [InlineData("2026-08-01T00:00:00Z", "northgate-warehousing", RefusalReason.AgreementNotInForce)]
    [InlineData("2026-08-31T23:59:59Z", "northgate-warehousing", RefusalReason.AgreementNotInForce)]
    [InlineData("2026-09-01T00:00:00Z", "northgate-next", null)]
    [InlineData("2026-12-01T00:00:00Z", "northgate-next", RefusalReason.AgreementNotInForce)]
    public void SuccessiveContracts_EachInstant_HasTheOneInForceOrTheLastBegun(string instant, string contract, RefusalReason? expected)
    {
        var first = ExchangeContracts.NorthgateFile.Replace("expires: 2027-12-31", "expires: 2026-07-31");
        var second = ExchangeContracts.NorthgateFile.Replace("effective: 2026-01-01, expires: 2027-12-31", "effective: 2026-09-01, expires: 2026-11-30")
            .Replace("contract: northgate-warehousing", "contract: northgate-next") with { Name = "next.yaml" };
        var scene = new ExchangeScene(first, second);
        scene.Clock.SetUtcNow(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture));
        var open = scene.Open(ExchangeScene.GetShipment);

        Reason(scene.Gate(open)).ShouldBe(expected);
        open.Contract!.Name.ShouldBe(contract);
    }

    [Fact]
    public void Contract_NotYetBegun_IsNotInForce()
    {
        var scene = new ExchangeScene(ExchangeContracts.NorthgateFile.Replace("effective: 2026-01-01", "effective: 2026-09-01"));

        Reason(scene.Gate(scene.Open(ExchangeScene.GetShipment))).ShouldBe(RefusalReason.AgreementNotInForce);
    }

    [Fact]
    public void Certificate_NotYetValid_IsRefused()
    {
        var scene = new ExchangeScene();
        scene.Clock.SetUtcNow(ExchangeScene.Start.AddMonths(1));
        var early = ExchangeScene.Connection();
        early = early with { Identity = early.Identity with { NotBefore = ExchangeScene.Start.AddMonths(1).AddSeconds(1) } };

        Reason(scene.Gate(scene.Open(ExchangeScene.GetShipment, early))).ShouldBe(RefusalReason.CertificateExpired);
    }

    private static RefusalReason? Judge(HashSet<RefusalReason> wrong)
    {
        var contract = ExchangeContracts.NorthgateFile
            .Replace("keys: []", $"keys: [\"{ExchangeScene.Key(wrong.Contains(RefusalReason.KeyNotPinned) ? (byte)2 : (byte)1)}\"]")
            .Replace("networks: []", wrong.Contains(RefusalReason.NetworkNotAllowed) ? "networks: [198.51.100.0/24]" : "networks: [192.0.2.0/24]");
        if (wrong.Contains(RefusalReason.AgreementNotInForce))
        {
            contract = contract.Replace("expires: 2027-12-31", "expires: 2026-05-31");
        }

        var scene = new ExchangeScene(contract);
        scene.Standing.Swap(new Standing(
            wrong.Contains(RefusalReason.PartnerSuspended) ? FrozenSet.Create(StringComparer.Ordinal, ExchangeContracts.Northgate) : FrozenSet<string>.Empty,
            wrong.Contains(RefusalReason.KeyRevoked) ? FrozenSet.Create(ExchangeScene.Key(1)) : FrozenSet<SpkiHash>.Empty));
        var connection = ExchangeScene.Connection(
            wrong.Contains(RefusalReason.NoContract) ? "nobody" : ExchangeContracts.Northgate,
            wrong.Contains(RefusalReason.AuthorityMismatch) ? "others" : "partners",
            notAfter: wrong.Contains(RefusalReason.CertificateExpired) ? ExchangeScene.Start.AddSeconds(-1) : null);
        return Reason(scene.Gate(scene.Open(wrong.Contains(RefusalReason.UnknownMethod) ? null : ExchangeScene.GetShipment, connection)));
    }

    private static RefusalReason? Reason(Outcome<IdentifiedCall> outcome) => outcome.Passed(out _, out var refusal) ? null : refusal.Reason;
}
