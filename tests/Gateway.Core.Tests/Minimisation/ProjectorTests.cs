using Gateway.Core.Minimisation;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Type.V1;
using Gateway.TestProtos.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using static Gateway.Core.Tests.Minimisation.Grants;

namespace Gateway.Core.Tests.Minimisation;

public sealed class ProjectorTests
{
    [Fact]
    public void Project_SomeGranted_OthersStayAbsent()
    {
        var charge = new Charge
        {
            PaymentId = "p-1", BillingName = "Ada Example", Email = "ada@example.test",
            BillingAddress = new PostalAddress { Street = "1 Test Street", Country = "GB" },
            Amount = new Money { CurrencyCode = "GBP", Units = 12, Nanos = 500_000_000 }, Status = ChargeStatus.Captured,
        };
        var grant = Of(ChargeRecord, ["payment_id", "billing_address.country", "amount", "status"]);

        var answer = Projector.Compile(grant, Key).Project(charge, grant.Granted);

        answer.ShouldBe(new Charge
        {
            PaymentId = "p-1", BillingAddress = new PostalAddress { Country = "GB" }, Amount = charge.Amount, Status = ChargeStatus.Captured,
        });
        ((Charge)answer).Amount.ShouldNotBeSameAs(charge.Amount);
    }

    [Fact]
    public void Project_AllowedBeyondTheGrant_ReleasesTheGrantOnly()
    {
        var grant = Of(ChargeRecord, ["payment_id"]);
        var everything = FieldSet.Of(ChargeRecord, ChargeRecord.Leaves);

        Projector.Compile(grant, Key).Project(new Charge { PaymentId = "p-1", Email = "ada@example.test" }, everything)
            .ShouldBe(new Charge { PaymentId = "p-1" });
    }

    [Fact]
    public void Project_NothingAllowed_IsEmpty()
    {
        var grant = Of(ChargeRecord, ["payment_id", "billing_address.country"]);
        var nothing = FieldSet.Of(ChargeRecord, []);

        Projector.Compile(grant, Key)
            .Project(new Charge { PaymentId = "p-1", BillingAddress = new PostalAddress { Country = "GB" } }, nothing)
            .CalculateSize().ShouldBe(0);
    }

    [Fact]
    public void Project_AnotherMessage_Throws()
    {
        var grant = Of(ChargeRecord, ["payment_id"]);

        Should.Throw<InvalidCastException>(() => Projector.Compile(grant, Key).Project(new Money(), grant.Granted));
    }

    [Fact]
    public void Project_SetOfASmallerRecord_Throws()
    {
        var grant = Of(EverythingRecord, EverythingRecord.Leaves.Select(l => l.Path));
        var foreign = FieldSet.Of(ChargeRecord, ChargeRecord.Leaves);

        Should.Throw<IndexOutOfRangeException>(() => Projector.Compile(grant, Key).Project(new Everything(), foreign));
    }

    [Fact]
    public void Project_NestedPresentButItsLeavesEmpty_StaysPresent()
    {
        new Everything { Nested = new Nested() }.Through(EverythingRecord, "nested.deep.text").ShouldBe(new Everything { Nested = new Nested() });
        new Everything().Through(EverythingRecord, "nested.deep.text").Nested.ShouldBeNull();
        new Everything { Nested = new Nested { Text = "x" } }.Through(EverythingRecord, "id").Nested.ShouldBeNull();
    }

    [Fact]
    public void Project_OptionalSetToItsDefault_StaysSet()
    {
        var answer = new Everything { MaybeInt32 = 0, MaybeString = "", MaybeBool = false }.Through(EverythingRecord, "maybe_string");

        answer.HasMaybeString.ShouldBeTrue();
        answer.HasMaybeInt32.ShouldBeFalse();
        new Everything().Through(EverythingRecord, "maybe_string").HasMaybeString.ShouldBeFalse();
    }

    [Fact]
    public void Project_OneofMemberNotGranted_LeavesTheOneofEmpty()
    {
        new Everything { ChosenText = "" }.Through(EverythingRecord, "chosen_number").ChoiceCase.ShouldBe(Everything.ChoiceOneofCase.None);
        new Everything { ChosenText = "" }.Through(EverythingRecord, "chosen_text").ChoiceCase.ShouldBe(Everything.ChoiceOneofCase.ChosenText);
        new Everything { ChosenWrapped = "" }.Through(EverythingRecord, "chosen_wrapped").ChoiceCase
            .ShouldBe(Everything.ChoiceOneofCase.ChosenWrapped);
    }

    [Fact]
    public void Project_UnknownEnumNumber_PassesWhereGranted()
    {
        ((int)new Everything { Colour = (Colour)4711 }.Through(EverythingRecord, "colour").Colour).ShouldBe(4711);
        ((int)new Everything { Colour = (Colour)4711 }.Through(EverythingRecord, "id").Colour).ShouldBe(0);
    }

    [Theory]
    [InlineData("amount", 52)]
    [InlineData("time", 50)]
    [InlineData("loose", 53)]
    [InlineData("wrapped_string", 60)]
    [InlineData("nested.text", 70)]
    [InlineData("items.sku", 71)]
    [InlineData("chosen_time", 83)]
    public void Project_UnknownFieldInsideAMessage_DoesNotPass(string path, int number)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        // Field 100, length-delimited, which no message here has.
        output.WriteBytes(ByteString.CopyFrom(0xA2, 0x06, 4, (byte)'l', (byte)'e', (byte)'a', (byte)'k'));
        output.Flush();
        var record = Everything.Parser.ParseFrom(stream.ToArray());

        record.Through(EverythingRecord, path).ToByteString().ToStringUtf8().ShouldNotContain("leak");
    }

    [Fact]
    public void Project_DoesNotShareMutableParts()
    {
        var record = new Everything { Time = new Timestamp { Seconds = 1 }, Int32S = { 1 }, ByText = { ["a"] = "b" }, Times = { new Timestamp() } };
        var grant = Of(EverythingRecord, ["time", "int32s", "by_text", "times"]);

        var answer = (Everything)Projector.Compile(grant, Key).Project(record, grant.Granted);
        record.Time.Seconds = 2;
        record.Int32S[0] = 2;
        record.ByText["a"] = "c";
        record.Times[0].Seconds = 9;

        answer.ShouldBe(new Everything { Time = new Timestamp { Seconds = 1 }, Int32S = { 1 }, ByText = { ["a"] = "b" }, Times = { new Timestamp() } });
    }

    [Fact]
    public void Project_AllocatesTheAnswerOnly()
    {
        var wide = Catalogue.Records[Wide.Descriptor.FullName];
        var record = new Wide();
        foreach (var field in Wide.Descriptor.Fields.InFieldNumberOrder())
        {
            field.Accessor.SetValue(record, "some text");
        }

        var grant = Of(wide, wide.Leaves.Select(l => l.Path));
        var projector = Projector.Compile(grant, Key);
        long Cost(Func<IMessage> make)
        {
            make();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var made = make();
            var cost = GC.GetAllocatedBytesForCurrentThread() - before;
            GC.KeepAlive(made);
            return cost;
        }

        Cost(() => projector.Project(record, grant.Granted)).ShouldBe(Cost(() => new Wide()));
    }

    [Fact]
    public void Compile_LeafGrantedTwiceOrForeignOrMisfit_Throws()
    {
        Should.Throw<ArgumentException>(() => Projector.Compile(Of(ChargeRecord, [("card_last4", null), ("card_last4", new Transform.KeepLast(2))]), Key));
        Should.Throw<ArgumentException>(() => Projector.Compile(Of(ChargeRecord, [("status", new Transform.KeepLast(2))]), Key));
    }
}
