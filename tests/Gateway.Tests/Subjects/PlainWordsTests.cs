using Gateway.Calls;
using Gateway.Core.Subjects;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Tests.Subjects;

/// <summary>Whatever a contract could grant of a customer has words for them. A record or a category that is new needs a line in the table.</summary>
public sealed class PlainWordsTests
{
    private static readonly string[] s_jargon = ["id", "ip", "mm", "sku", "ref", "uri", "url", "utc", "amt", "qty", "iso"];

    [Fact]
    public void EveryLeafOfTheCatalogue_HasPlainWordsForRecordCategoryAndField()
    {
        var records = PartnerServices.Catalogue.Records.Values.Where(r => r.Domain == Domain.Registration).ToArray();
        records.Length.ShouldBeGreaterThanOrEqualTo(5);
        foreach (var record in records)
        {
            PlainWords.OfRecord(record.Name).ShouldContain(" ", Case.Sensitive, $"{record.Name} has no line in PlainWords");
            foreach (var leaf in record.Leaves)
            {
                PlainWords.OfCategory(leaf.Category).ShouldNotStartWith("other things", Case.Sensitive, $"{leaf.Category} of {record.Name} has no line in PlainWords");
                var words = PlainWords.OfField(leaf.Path);
                words.ShouldNotContain("_");
                words.Split(' ', ':').Intersect(s_jargon, StringComparer.Ordinal).ShouldBeEmpty($"'{words}' of {record.Name} {leaf.Path} is no plain word");
            }
        }
    }

    [Fact]
    public void UnlabelledCategory_IsToldAsOtherThings()
    {
        PlainWords.OfCategory("user.never_heard_of").ShouldBe("other things about you");
        PlainWords.OfCategory("never.heard.of").ShouldBe("other things");
        PlainWords.OfCategory("user.contact.address.city").ShouldBe("your address");
    }
}
