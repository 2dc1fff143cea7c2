using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Type.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>What Google.Protobuf does that the minimiser is built around. A failure here tells that a new version changed it.</summary>
public sealed class ProtobufFactsTests
{
    [Fact]
    public void Clone_KeepsUnknownFields_SoLeavesAreCopiedFieldByField()
    {
        // Field 1000, a varint.
        var money = Money.Parser.ParseFrom([0xC0, 0x3E, 0x01]);

        money.Clone().CalculateSize().ShouldBe(3);
        Money.Parser.WithDiscardUnknownFields(true).ParseFrom(money.ToByteString()).CalculateSize().ShouldBe(0);
    }

    [Fact]
    public void FieldMask_RefusesPathsThroughRepeatedFields_SoReadMasksHaveAResolverOfOurOwn()
    {
        FieldMask.IsValid<Shipment>("address.street").ShouldBeTrue();
        FieldMask.IsValid<Shipment>("lines.sku").ShouldBeFalse();
    }
}
