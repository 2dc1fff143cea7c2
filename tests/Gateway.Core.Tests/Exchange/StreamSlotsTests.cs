using Gateway.Core.Exchange;

namespace Gateway.Core.Tests.Exchange;

public sealed class StreamSlotsTests
{
    [Fact]
    public void TryEnter_BeyondMost_RefusesUntilOneLeaves()
    {
        var slots = new StreamSlots();
        Enumerable.Range(0, StreamSlots.Most).ShouldAllBe(_ => slots.TryEnter());

        slots.TryEnter().ShouldBeFalse();
        slots.TryEnter().ShouldBeFalse();
        slots.Leave();

        slots.TryEnter().ShouldBeTrue();
        slots.TryEnter().ShouldBeFalse();
    }
}
