using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Contracts;

public sealed class ContractDescriptionTests
{
    [Fact]
    public void Of_Contract_TellsWhatIsGrantedWhyAndWhatIsUsed()
    {
        var snapshot = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate).Snapshot.ShouldNotBeNull();
        var contract = snapshot.Contracts[0];

        var answer = ContractDescription.Of(contract, snapshot, Identity(TestContracts.Now.AddDays(12.5)), _ => 17, TestContracts.Now);

        answer.Contract.ShouldBe("northgate-warehousing");
        answer.Revision.ShouldBe(snapshot.Revision);
        answer.CertificateDaysLeft.ShouldBe(12);
        answer.Expires.ToDateTimeOffset().ShouldBe(contract.Agreement.Expires);
        var grant = answer.Grants.ShouldHaveSingleItem();
        grant.Promise.ShouldBe("We pass on only what is needed");
        grant.Basis.ShouldBe("contract");
        grant.Methods.Count.ShouldBe(2);
        grant.Fields[3].Path.ShouldBe("phone_number");
        grant.Fields[3].Category.ShouldBe("user.contact.phone_number");
        grant.Fields[3].Transform.ShouldBe("keep_last: 3");
        grant.Window.ToTimeSpan().ShouldBe(TimeSpan.FromDays(30));
        grant.SubjectsPerDay.ShouldBe(5000);
        grant.SubjectsUsedToday.ShouldBe(17);
        answer.Receipt.ShouldBeNull();
    }

    private static PeerIdentity Identity(DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(notAfter.AddDays(-30), notAfter);
        SpiffeId.TryParse("spiffe://shop.example/partner/northgate-warehouse", out var uri).ShouldBeTrue();
        return new PeerIdentity(
            uri, new[] { "partners" }.ToFrozenSet(StringComparer.Ordinal), SpkiHash.Of(certificate), default, notAfter.AddDays(-30), notAfter);
    }
}
