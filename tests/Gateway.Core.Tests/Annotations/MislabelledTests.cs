using Gateway.Core.Annotations;
using Gateway.TestProtos.Mislabelled.V1;

namespace Gateway.Core.Tests.Annotations;

/// <summary>Each label broken on purpose: one compilation tells them all.</summary>
public sealed class MislabelledTests
{
    private const string Package = "gateway.tests.mislabelled.v1.";

    private static readonly IReadOnlyList<string> s_errors =
        Should.Throw<AnnotationException>(() => Catalogue.Compile(MislabelledReflection.Descriptor)).Errors;

    [Theory]
    [InlineData("UnlabelledLeaf.bare: has no category")]
    [InlineData("UnlabelledPart.bare: has no category")]
    [InlineData("UnlabelledLeaf.bare_time: has no category")]
    [InlineData("UnlabelledLeaf.bare_map: has no category")]
    [InlineData("UnlabelledLeaf.empty: has no category")]
    [InlineData("WrongCategory.unknown: 'user.nmae' is not a data category; did you mean 'user.name'?")]
    [InlineData("WrongCategory.renamed: 'user.telemetry' is not a data category; did you mean 'user.device.telemetry'?")]
    [InlineData("CardHolder.digits: no card number")]
    [InlineData("CardHolder.code: no card number")]
    [InlineData("CardHolder.stripe: no card number")]
    [InlineData("CardHolder.secret: no card number")]
    [InlineData("CardHolder.card_number: no card number")]
    [InlineData("LabelledMessage.part: a message field carries no category")]
    [InlineData("Recursive.again: a record cannot contain itself")]
    [InlineData("Back.loop: a record cannot contain itself")]
    [InlineData("Unsourced: the record label names no source")]
    [InlineData("Unsourced: the record label names no domain")]
    [InlineData("WrongKey: key 'number' is not a text field")]
    [InlineData("WrongKey: key 'nothing' is not a text field")]
    [InlineData("WrongKey: key 'part.text' is not a text field")]
    [InlineData("WrongKey: key 'texts' is not a text field")]
    [InlineData("WrongKey: key 'id' is named twice")]
    [InlineData("WrongPermission: permission 'nothing' is not a text field")]
    [InlineData("NumberPermission: permission 'number' is not a text field")]
    [InlineData("RepeatedPermission: permission 'lists' is not a text field")]
    [InlineData("Holder.parts: a repeated message inside a repeated message")]
    [InlineData("Shapeless.by_name: only maps of scalars")]
    [InlineData("Shapeless.anything: google.protobuf.Any can hold anything")]
    [InlineData("Shapeless.Inner: a record stands at the top of its file")]
    [InlineData("BothDomains.visit: a record is of one domain")]
    [InlineData("WrongService/Unshaped: has no shape")]
    [InlineData("WrongService/OwnContract: has no shape, or not one that goes with its service")]
    [InlineData("WrongService/Streamed: only SHAPE_WATCH streams")]
    [InlineData("WrongService/Uploaded: only SHAPE_WATCH streams")]
    [InlineData("WithoutReceiptResponse: field 15 must be the receipt")]
    [InlineData("FalseReceiptResponse: field 15 must be the receipt")]
    [InlineData("OtherDomainResponse.visit: a service serves one domain")]
    [InlineData("OtherRecordResponse.other: a service serves one record")]
    [InlineData("BesideResponse.note: a response holds records")]
    [InlineData("BesideResponse.part: a response holds records")]
    [InlineData("GetGoodResponse: needs one repeated field of gateway.tests.mislabelled.v1.Good")]
    [InlineData("ByNameRequest.name: a record is asked for by its key or an alternate key")]
    [InlineData("StrayService: serves 'gateway.tests.mislabelled.v1.Part', which is no labelled record")]
    [InlineData("Portrait: holds records of both domains")]
    [InlineData("DeepBothDomains: holds records of both domains")]
    [InlineData("BothDomains: holds records of both domains")]
    [InlineData("OtherDomainResponse: holds records of both domains")]
    [InlineData("AskWithVisit: a service serves one domain")]
    [InlineData("OtherDomainService: is labelled with another domain than its record")]
    [InlineData("UndomainedCounts: a service with SHAPE_STATISTICS names its domain; write {domain: DOMAIN_USAGE}")]
    [InlineData("RegistrationCounts: a service with SHAPE_STATISTICS names its domain; write {domain: DOMAIN_USAGE}")]
    [InlineData("UndomainedSubject: a service with SHAPE_SUBJECT names its domain; write {domain: DOMAIN_REGISTRATION}")]
    [InlineData("BothShapes: a service with SHAPE_SUBJECT names its domain")]
    [InlineData("BuyersResponse: holds a record of another domain than gateway.tests.mislabelled.v1.PersonalCounts")]
    [InlineData("BuyersResponse: holds a record of another domain than gateway.tests.mislabelled.v1.ContractOfPersons")]
    [InlineData("ContractOfPersons: its methods are about the caller's own contract")]
    [InlineData("BuyersRow.good: statistics are names of closed lists and counts")]
    [InlineData("VisitorsRow.visitor: statistics are names of closed lists and counts")]
    [InlineData("VisitorsRow.token: statistics are names of closed lists and counts")]
    [InlineData("VisitorsResponse.more: statistics are names of closed lists and counts")]
    public void Compile_WrongLabel_IsTold(string expected) => s_errors.ShouldContain(e => e.StartsWith(Package + expected, StringComparison.Ordinal));

    [Fact]
    public void Compile_TwoRecordsOfOneSource_IsTold() =>
        s_errors.ShouldContain(e => e.StartsWith("source 'good' is named by", StringComparison.Ordinal));

    [Fact]
    public void Compile_WhatIsRight_IsNotAccused()
    {
        s_errors.Where(e => e.Contains("WrongService/GetGood", StringComparison.Ordinal)
            || e.Contains("WatchGoods", StringComparison.Ordinal)
            || e.StartsWith(Package + "Good", StringComparison.Ordinal)
            || e.StartsWith(Package + "GetGoodRequest", StringComparison.Ordinal)).ShouldBeEmpty();
        s_errors.Distinct(StringComparer.Ordinal).Count().ShouldBe(s_errors.Count);
    }
}
