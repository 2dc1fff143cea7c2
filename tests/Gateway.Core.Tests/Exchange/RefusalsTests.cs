using Gateway.Core.Exchange;
using Grpc.Core;

namespace Gateway.Core.Tests.Exchange;

public sealed class RefusalsTests
{
    [Fact]
    public void Table_EveryReason_HasARowOfItsOwn()
    {
        var reasons = Enum.GetValues<RefusalReason>();

        Refusals.Known.Order().ShouldBe(reasons.Order());
        reasons.Select(r => Refusals.Of(r).Name).Distinct(StringComparer.Ordinal).Count().ShouldBe(reasons.Length);
        reasons.ShouldAllBe(r => Refusals.Of(r).Status != StatusCode.OK && Refusals.Of(r).Sentence.EndsWith('.'));
    }

    [Fact]
    public void Outcome_Default_IsAFaultAndNeverAValue()
    {
        default(Outcome<string>).Passed(out var value, out var refusal).ShouldBeFalse();

        value.ShouldBeNull();
        refusal!.Reason.ShouldBe(RefusalReason.InternalFault);
    }
}
