using Gateway.Core.Minimisation;
using Gateway.Core.Sources;
using Gateway.Protos.Test.V1;

namespace Gateway.Stores.Tests.Source;

/// <content>One subject's records.</content>
public abstract partial class RecordSourceSpecification
{
    private ISubjectReader SubjectReader(params string[] paths) =>
        Source.PrepareForSubject(TestGrants.Everything, TestGrants.Of(TestGrants.Everything, paths).Granted);

    [Fact]
    public async Task Subject_WhoeverTheRecipientAndHoweverOld_IsGivenChangedLastFirst()
    {
        Shop.Put(new TestRow("open") { UpdatedAt = Now.AddMinutes(-1) });
        Shop.Put(new TestRow("lapsed") { UpdatedAt = Now.AddMinutes(-5), OpenedAt = Now.AddYears(-9), ClosedAt = Now.AddYears(-8) });
        Shop.Put(new TestRow("never-closed") { UpdatedAt = Now.AddMinutes(-3), OpenedAt = Now.AddYears(-9) });
        Shop.Put(new TestRow("foreign") { UpdatedAt = Now.AddMinutes(-2), Recipient = "southgate-warehouse" });
        Shop.Put(new TestRow("nobodys") { UpdatedAt = Now.AddMinutes(-4), Recipient = null });
        Shop.Put(new TestRow("another") { SubjectId = "subject-10" });
        Shop.Put(new TestRow("cased") { SubjectId = "Subject-1" });
        var reader = SubjectReader("a_string");

        var rows = await reader.ListAsync("subject-1", 10, Token);

        rows.Select(r => r.Key).ShouldBe(["open", "foreign", "never-closed", "nobodys", "lapsed"]);
        rows.ShouldAllBe(r => r.SubjectId == "subject-1");
        (await reader.ListAsync("subject-1", 2, Token)).Select(r => r.Key).ShouldBe(["open", "foreign"]);
        foreach (var nobody in (string[])["subject-2", "a'b", "%", "\0"])
        {
            (await reader.ListAsync(nobody, 10, Token)).ShouldBeEmpty(nobody);
        }
    }

    [Fact]
    public async Task Subject_WithinOneSecond_IsGivenInOrderOfInstant()
    {
        var second = Now.AddMilliseconds(-500);
        Shop.Put(new TestRow("whole") { UpdatedAt = second });
        Shop.Put(new TestRow("early") { UpdatedAt = second.AddMilliseconds(1) });
        Shop.Put(new TestRow("late") { UpdatedAt = second.AddMilliseconds(999) });

        (await SubjectReader("a_string").ListAsync("subject-1", 10, Token)).Select(r => r.Key).ShouldBe(["late", "early", "whole"]);
    }

    [Fact]
    public async Task Subject_NamedFieldsAndChildren_AreReadAndNothingElse()
    {
        Shop.Put(new TestRow("A-1") { UpdatedAt = Now.AddMinutes(-2), Columns = [("a_string", "one"), ("other_id", "o")] });
        Shop.Put(new TestRow("A-2") { UpdatedAt = Now.AddMinutes(-1), SubjectId = "subject-2", Columns = [("a_string", "two")] });
        Shop.PutChild("everything_items", "A-1", 2, ("sku", "second"), ("quantity", 2));
        Shop.PutChild("everything_items", "A-1", 1, ("sku", "first"), ("quantity", 1));
        Shop.PutChild("everything_items", "A-2", 1, ("sku", "another's"));
        Shop.DropColumn("a_price");

        var rows = await SubjectReader("a_string", "items.sku").ListAsync("subject-1", 10, Token);

        rows.ShouldHaveSingleItem().Record.ShouldBe(new Everything
        {
            AString = "one",
            Items = { new Everything.Types.Item { Sku = "first" }, new Everything.Types.Item { Sku = "second" } },
        });
        Should.Throw<SourceException>(() => SubjectReader("a_price")).Message.ShouldContain("a_price");
    }

    [Fact]
    public async Task Subject_NoField_GivesKeysOnly()
    {
        Shop.Put(new TestRow("A-1") { Columns = [("a_string", "one")] });
        var reader = Source.PrepareForSubject(TestGrants.Everything, FieldSet.Of(TestGrants.Everything, []));

        var row = (await reader.ListAsync("subject-1", 10, Token)).ShouldHaveSingleItem();

        (row.Key, row.UpdatedAt, row.Record).ShouldBe(("A-1", Now.AddHours(-1), new Everything()));
    }

    [Fact]
    public async Task Subject_SourceGoneAndBack_FailsThenRecovers()
    {
        Shop.Put(new TestRow("A-1"));
        var reader = SubjectReader("a_string");
        (await reader.ListAsync("subject-1", 10, Token)).Count.ShouldBe(1);

        Shop.Remove();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<SourceException>(async () => await reader.ListAsync("subject-1", 10, Token));

        Shop.Restore();
        (await reader.ListAsync("subject-1", 10, Token)).Count.ShouldBe(1);
    }
}
