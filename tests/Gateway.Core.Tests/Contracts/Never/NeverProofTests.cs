using Gateway.Core.Contracts;
using Gateway.Core.Contracts.Never;
using Gateway.Core.Tests.Minimisation;

namespace Gateway.Core.Tests.Contracts.Never;

public sealed class NeverProofTests
{
    [Fact]
    public void Of_CompiledContracts_HoldsEachFieldAgainstTheRules()
    {
        var snapshot = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate, TestContracts.Southgate).Snapshot.ShouldNotBeNull();

        var proof = NeverProof.Of(snapshot.Contracts, snapshot.Policy.Never);

        proof.Broken.ShouldBeEmpty();
        proof.Held.ShouldBe(snapshot.Contracts.Sum(c => c.Grants.Sum(g => g.Fields.Length)));
    }

    /// <summary>A grant that no file was read for: the proof does not trust that the compiler checked what was written.</summary>
    [Theory]
    [InlineData("marketing.communications.email", "amount", "marketing with user.financial")]
    [InlineData("essential.service.fulfillment.delivery", "card_last4", "essential.service.fulfillment with user.financial")]
    [InlineData("essential.service", "payment_token", "essential.service.fulfillment with user.financial")]
    [InlineData("sales", "payment_id", "sales")]
    [InlineData("marketing", "payment_id", "marketing.advertising")]
    public void Of_GrantThatNobodyWrote_TellsWhatItBreaks(string purpose, string path, string rule)
    {
        var proof = NeverProof.Of([Holding(purpose, path)], NeverFloor.Rules);

        proof.Broken.ShouldNotBeEmpty();
        proof.Broken.ShouldAllBe(b => b.Contains($"never {rule}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("essential.service.payment_processing", "card_last4")]
    [InlineData("essential.fraud_detection", "amount")]
    public void Of_GrantThatRulesLeave_BreaksNothing(string purpose, string path) =>
        NeverProof.Of([Holding(purpose, path)], NeverFloor.Rules).Broken.ShouldBeEmpty();

    private static Contract Holding(string purpose, string path)
    {
        var good = TestContracts.Compile(TestContracts.Policy, TestContracts.Northgate).Snapshot.ShouldNotBeNull().Contracts[0];
        var grant = Grants.Of(Grants.ChargeRecord, path);
        return new Contract
        {
            Name = good.Name,
            Partner = good.Partner,
            Agreement = good.Agreement,
            Identity = good.Identity,
            SuspendOn = [],
            Grants =
            [
                new Grant
                {
                    Id = grant.Id,
                    Contract = good.Name,
                    Partner = good.Partner.Id,
                    Purpose = grant.Purpose with { Key = purpose },
                    Basis = grant.Basis,
                    Record = grant.Record,
                    Methods = grant.Methods,
                    Fields = grant.Fields,
                    Granted = grant.Granted,
                    Window = grant.Window,
                    MaxOpen = grant.MaxOpen,
                    DeleteAfter = grant.DeleteAfter,
                    Limits = grant.Limits,
                },
            ],
        };
    }
}
