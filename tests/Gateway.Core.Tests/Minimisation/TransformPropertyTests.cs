using CsCheck;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>Transforms on any text there is: random UTF-16, lone surrogates and all.</summary>
public sealed class TransformPropertyTests
{
    private static readonly Gen<string> s_anyText = Gen.OneOf(
        Gen.String[Gen.Char[char.MinValue, char.MaxValue], 0, 40],
        Gen.Int.Select(seed => new RandomMessages(new Random(seed)).Text()));

    [Fact]
    public void Keep_AnyText_KeepsAPartAndNeverTheWhole() => s_anyText.Select(Gen.Int[1, 12]).Sample((text, count) =>
    {
        var last = TextElements.Last(text, count);
        var first = TextElements.First(text, count);

        text.EndsWith(last, StringComparison.Ordinal).ShouldBeTrue();
        text.StartsWith(first, StringComparison.Ordinal).ShouldBeTrue();
        (last.Length < text.Length || text.Length == 0).ShouldBeTrue();
        (first.Length < text.Length || text.Length == 0).ShouldBeTrue();
        (last.Length == 0).ShouldBe(first.Length == 0);
    });

    [Fact]
    public void Keep_MoreThanTheTextHas_IsEmpty() => s_anyText.Sample(text =>
    {
        TextElements.Last(text, text.Length + 1).ShouldBe("");
        TextElements.First(text, Math.Max(1, text.Length)).ShouldBe("");
        TextElements.First(text, int.MaxValue).ShouldBe("");
        TextElements.Last(text, int.MaxValue).ShouldBe("");
    });

    [Fact]
    public void Pseudonym_AnyText_Is22CharactersThatShowNoneOfIt() => s_anyText.Sample(text =>
    {
        var pseudonym = new PartnerPseudonyms(Grants.Key, "user.name").Of(text);

        pseudonym.Length.ShouldBe(text.Length == 0 ? 0 : 22);
        pseudonym.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_');
    });

    [Fact]
    public void Bucket_AnyInteger_IsTheMultipleAtOrBelow() => Gen.Long.Select(Gen.Long[1, long.MaxValue]).Sample((value, size) =>
    {
        var floor = Buckets.Floor(value, size);

        (floor % size).ShouldBe(0);
        if (floor > value)
        {
            // Only where the multiple below lies outside the type.
            ((Int128)floor - size).ShouldBeLessThan(long.MinValue);
        }
        else
        {
            ((Int128)value - floor).ShouldBeLessThan(size);
        }
    });

    [Fact]
    public void Finds_AnyText_NeverThrows() => s_anyText.Sample(text => CardNumberDetector.Finds(text + "4111111111111111").ShouldBeOneOf(true, false));
}
