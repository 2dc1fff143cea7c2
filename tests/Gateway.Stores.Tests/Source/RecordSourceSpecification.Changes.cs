using Gateway.Core.Sources;
using Gateway.Protos.Test.V1;

namespace Gateway.Stores.Tests.Source;

/// <content>Pages, and what a watch is made of.</content>
public abstract partial class RecordSourceSpecification
{
    [Fact]
    public async Task List_PageByPage_GivesEachRowOnceInOrderOverEqualTimes()
    {
        for (var i = 0; i < 25; i++)
        {
            Shop.Put(new TestRow($"A-{i:00}") { UpdatedAt = Now.AddMinutes(-(i / 10)).AddMilliseconds(i % 3 == 0 ? 0 : -500) });
        }

        Shop.Put(new TestRow("foreign") { Recipient = "southgate-warehouse" });
        Shop.Put(new TestRow("lapsed") { ClosedAt = Now.AddDays(-31) });
        var reader = Reader();
        var all = await reader.ListAsync(Cursor.Start, 100, Now, Token);

        all.Count.ShouldBe(25);
        all.ShouldBe(all.OrderBy(r => r.UpdatedAt).ThenBy(r => r.Key, StringComparer.Ordinal));
        foreach (var size in (int[])[1, 2, 7, 24, 25])
        {
            var paged = new List<string>();
            var after = Cursor.Start;
            while (await reader.ListAsync(after, size, Now, Token) is { Count: > 0 } page)
            {
                paged.AddRange(page.Select(r => r.Key));
                after = new Cursor(page[^1].UpdatedAt, page[^1].Key);
            }

            paged.ShouldBe(all.Select(r => r.Key));
        }
    }

    [Fact]
    public async Task List_AfterAnInstant_GivesWhatChangedThenOrLater()
    {
        Shop.Put(new TestRow("before") { UpdatedAt = Now.AddMilliseconds(-1) });
        Shop.Put(new TestRow("then") { UpdatedAt = Now });
        Shop.Put(new TestRow("later") { UpdatedAt = Now.AddMilliseconds(1) });
        var reader = Reader();

        (await reader.ListAsync(new Cursor(Now, ""), 10, Now, Token)).Select(r => r.Key).ShouldBe(["then", "later"]);
        (await reader.ListAsync(new Cursor(Now.AddTicks(1), ""), 10, Now, Token)).Select(r => r.Key).ShouldBe(["later"]);
        (await reader.ListAsync(new Cursor(Now, "then"), 10, Now, Token)).Select(r => r.Key).ShouldBe(["later"]);
    }

    [Fact]
    public async Task ListOpenOfSubject_GivesThatSubjectsOpenRowsInPages()
    {
        for (var i = 0; i < 7; i++)
        {
            Shop.Put(new TestRow($"A-{i}") { SubjectId = "s-1", UpdatedAt = Now.AddMinutes(-(i / 2)).AddMilliseconds(i % 3 == 0 ? 0 : -500) });
        }

        Shop.Put(new TestRow("closed") { SubjectId = "s-1", ClosedAt = Now.AddDays(-1) });
        Shop.Put(new TestRow("expired") { SubjectId = "s-1", OpenedAt = Now.AddDays(-91) });
        Shop.Put(new TestRow("foreign") { SubjectId = "s-1", Recipient = "southgate-warehouse" });
        Shop.Put(new TestRow("cased") { SubjectId = "S-1" });
        Shop.Put(new TestRow("other") { SubjectId = "s-2", Columns = [("a_string", "x")] });
        Shop.PutChild("everything_items", "other", 1, ("sku", "s"));
        var reader = Source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string", "items.sku"));
        var all = await reader.ListOpenOfSubjectAsync("s-1", Cursor.Start, 100, Now, Token);

        all.Select(r => r.Key).ShouldBe(["A-0", "A-1", "A-2", "A-3", "A-4", "A-5", "A-6"], ignoreOrder: true);
        all.ShouldBe(all.OrderBy(r => r.UpdatedAt).ThenBy(r => r.Key, StringComparer.Ordinal));
        var paged = new List<string>();
        var after = Cursor.Start;
        while (await reader.ListOpenOfSubjectAsync("s-1", after, 3, Now, Token) is { Count: > 0 } page)
        {
            paged.AddRange(page.Select(r => r.Key));
            after = new Cursor(page[^1].UpdatedAt, page[^1].Key);
        }

        paged.ShouldBe(all.Select(r => r.Key));
        var other = (Everything)(await reader.ListOpenOfSubjectAsync("s-2", Cursor.Start, 10, Now, Token)).Single().Record;
        (other.AString, other.Items.Single().Sku).ShouldBe(("x", "s"));
        (await reader.ListOpenOfSubjectAsync("", Cursor.Start, 10, Now, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task ListOpen_ClosedInsideTheWindow_IsNotGiven()
    {
        Shop.Put(new TestRow("open"));
        Shop.Put(new TestRow("closed") { ClosedAt = Now.AddDays(-1) });
        Shop.Put(new TestRow("expired") { OpenedAt = Now.AddDays(-91) });

        (await Reader().ListOpenAsync(Cursor.Start, 10, Now, Token)).Select(r => r.Key).ShouldBe(["open"]);
        (await Reader().ListAsync(Cursor.Start, 10, Now, Token)).Select(r => r.Key).ShouldBe(["closed", "open"], ignoreOrder: true);
    }

    [Fact]
    public async Task Departures_WhatIsNotOpenForThePartner_IsGivenWithItsReasonInPages()
    {
        Shop.Put(new TestRow("open") { UpdatedAt = Now.AddMinutes(-9) });
        Shop.Put(new TestRow("closed") { UpdatedAt = Now.AddMinutes(-8), ClosedAt = Now.AddMinutes(-8) });
        Shop.Put(new TestRow("elsewhere") { UpdatedAt = Now.AddMinutes(-7), Recipient = "southgate-warehouse" });
        Shop.Put(new TestRow("nobodys") { UpdatedAt = Now.AddMinutes(-6), Recipient = null });
        Shop.Put(new TestRow("closed-elsewhere") { UpdatedAt = Now.AddMinutes(-5), Recipient = "southgate-warehouse", ClosedAt = Now });
        Shop.Put(new TestRow("expired") { UpdatedAt = Now.AddMinutes(-4), OpenedAt = Now.AddDays(-91) });
        var reader = Reader();

        var all = await reader.ListDeparturesAsync(Cursor.Start, 10, Now, Token);
        all.Select(d => (d.Key, d.Reason)).ShouldBe(
        [
            ("closed", DepartureReason.Closed), ("elsewhere", DepartureReason.Withdrawn), ("nobodys", DepartureReason.Withdrawn),
            ("closed-elsewhere", DepartureReason.Withdrawn), ("expired", DepartureReason.Expired),
        ]);
        var first = await reader.ListDeparturesAsync(Cursor.Start, 2, Now, Token);
        var second = await reader.ListDeparturesAsync(new Cursor(first[^1].UpdatedAt, first[^1].Key), 10, Now, Token);
        first.Concat(second).ShouldBe(all);
    }

    [Fact]
    public async Task Expired_BetweenTwoInstants_GivesTheFirstExclusiveAndTheSecondInclusive()
    {
        var maxOpen = TimeSpan.FromDays(90);
        foreach (var milliseconds in (int[])[-1001, -1000, -500, 0, 1])
        {
            Shop.Put(new TestRow($"at{milliseconds}") { OpenedAt = Now.AddMilliseconds(milliseconds) - maxOpen });
        }

        Shop.Put(new TestRow("closed") { OpenedAt = Now - maxOpen, ClosedAt = Now });
        Shop.Put(new TestRow("foreign") { OpenedAt = Now - maxOpen, Recipient = "southgate-warehouse" });
        var reader = Reader(maxOpen: maxOpen);

        var expired = await reader.ListExpiredAsync(Now.AddMilliseconds(-1000), Now, Token);

        expired.Select(d => d.Key).ShouldBe(["at-500", "at0"], ignoreOrder: true);
        expired.ShouldAllBe(d => d.Reason == DepartureReason.Expired && d.SubjectId == "subject-1");
        (await reader.ListExpiredAsync(Now, Now, Token)).ShouldBeEmpty();
    }
}
