using Gateway.Core.Annotations;

namespace Gateway.Core.Tests.Annotations;

public sealed class TaxonomyTests
{
    [Theory]
    [InlineData("user.name")]
    [InlineData("user.contact.address.postal_code")]
    [InlineData("user.contact.address.delivery_instructions")]
    [InlineData("user.financial.credit_card.last4")]
    [InlineData("system.operations")]
    public void IsCategory_Listed_IsTrue(string key) => Taxonomy.IsCategory(key).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("user.")]
    [InlineData("User.Name")]
    [InlineData("user.name ")]
    [InlineData("essential.service")]
    [InlineData("user.financial.credit_card.number")]
    [InlineData("user.telemetry")]
    public void IsCategory_Unlisted_IsFalse(string key) => Taxonomy.IsCategory(key).ShouldBeFalse();

    [Theory]
    [InlineData("essential.service.fulfillment.warehousing", true)]
    [InlineData("essential.service.fulfillment.delivery", true)]
    [InlineData("essential.service.payment_processing", true)]
    [InlineData("marketing.communications.email", true)]
    [InlineData("user.name", false)]
    [InlineData("essential.service.fulfilment", false)]
    public void IsUse_KnowsTheList(string key, bool expected) => Taxonomy.IsUse(key).ShouldBe(expected);

    [Theory]
    [InlineData("essential.service.fulfilment.warehousing", "; did you mean 'essential.service.fulfillment.warehousing'?")]
    [InlineData("essential.service.payment-processing", "; did you mean 'essential.service.payment_processing'?")]
    [InlineData("warehousing", "; did you mean 'essential.service.fulfillment.warehousing'?")]
    [InlineData("personalize.profiling", "; did you mean 'personalize.content.profiling'?")]
    [InlineData("selling_to_anyone", "")]
    [InlineData("", "")]
    public void SuggestUse_NamesTheNearest(string key, string expected) => Taxonomy.SuggestUse(key).ShouldBe(expected);

    [Theory]
    [InlineData("user.contact.adress", "; did you mean 'user.contact.address'?")]
    [InlineData("User.Name", "; did you mean 'user.name'?")]
    [InlineData("user.phone_number", "; did you mean 'user.contact.phone_number'?")]
    [InlineData("user.childrens", "; did you mean 'user.children'?")]
    [InlineData("xyz", "")]
    public void SuggestCategory_NamesTheNearest(string key, string expected) => Taxonomy.SuggestCategory(key).ShouldBe(expected);

    [Fact]
    public void SuggestCategory_OverlongKey_CostsNothing() => Taxonomy.SuggestCategory(new string('x', 1_000_000)).ShouldBe("");

    [Theory]
    [InlineData("user.contact", "user.contact", true)]
    [InlineData("user.contact", "user.contact.email", true)]
    [InlineData("user.contact", "user.contacts", false)]
    [InlineData("user.contact.email", "user.contact", false)]
    public void Covers_FollowsTheDots(string parent, string child, bool expected) => Taxonomy.Covers(parent, child).ShouldBe(expected);

    [Fact]
    public void EveryKey_HasItsParentInTheList()
    {
        foreach (var keys in new[] { Taxonomy.Categories, Taxonomy.Uses })
        {
            keys.Where(k => k.Contains('.', StringComparison.Ordinal))
                .ShouldAllBe(k => keys.Contains(k.Substring(0, k.LastIndexOf('.'))));
        }
    }

    [Fact]
    public void NoCategory_StandsForCardNumbers() =>
        Taxonomy.Categories.Where(c => Taxonomy.Covers("user.financial.credit_card", c)).Order(StringComparer.Ordinal).ShouldBe(
        [
            "user.financial.credit_card", "user.financial.credit_card.brand", "user.financial.credit_card.expiry",
            "user.financial.credit_card.last4", "user.financial.credit_card.token",
        ]);
}
