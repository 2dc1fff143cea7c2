using Gateway.Core.Permissions;
using Gateway.Core.Sources;

namespace Gateway.Stores.Tests.Preferences;

/// <summary>The shop's view, whole and broken: what cannot be read is an opt-out, and a view that fails answers nothing.</summary>
public sealed class ShopPreferencesTests : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 5, 1, 8, 0, 0, 120, TimeSpan.Zero);

    private readonly PreferenceShop _shop = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task Read_WellFormedRows_AreGivenForTheSubjectsAskedFor()
    {
        _shop.Say("C-1", "news", "requested", "2026-05-01T08:00:00.120Z");
        _shop.Say("C-1", "offers", "soft_opt_in", "2026-05-01T08:00:00Z");
        _shop.Say("日本\"", "news", "opted_out", "2026-05-01T08:00:00.120Z");
        _shop.Say("C-2", "news", "requested", "2026-05-01T08:00:00.120Z");

        (await ReadAsync("C-1", "日本\"", "C-9")).ShouldBe(
        [
            new Preference("C-1", "news", PreferenceState.Requested, s_at),
            new Preference("C-1", "offers", PreferenceState.SoftOptIn, s_at.AddMilliseconds(-120)),
            new Preference("日本\"", "news", PreferenceState.OptedOut, s_at),
        ], ignoreOrder: true);
        (await ReadAsync("")).ShouldBeEmpty();
        (await ReadAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("news", "Requested", "2026-05-01T08:00:00Z", "news", "state")]
    [InlineData("news", "", "2026-05-01T08:00:00Z", "news", "state")]
    [InlineData("news", null, "2026-05-01T08:00:00Z", "news", "state")]
    [InlineData("news", 1L, "2026-05-01T08:00:00Z", "news", "state")]
    [InlineData("news", "requested", "2026-05-01 08:00:00", "news", "changed_at")]
    [InlineData("news", "requested", "2026-02-30T08:00:00Z", "news", "changed_at")]
    [InlineData("news", "requested", null, "news", "changed_at")]
    [InlineData("news", "requested", 1746086400L, "news", "changed_at")]
    [InlineData(null, "requested", "2026-05-01T08:00:00Z", Preference.EveryTopic, "topic")]
    [InlineData("", "requested", "2026-05-01T08:00:00Z", Preference.EveryTopic, "topic")]
    [InlineData(7L, "requested", "2026-05-01T08:00:00Z", Preference.EveryTopic, "topic")]
    public async Task Read_RowThatCannotBeRead_IsAnOptOutOfAnyTime_AndToldWithoutItsValue(
        object? topic, object? state, object? changedAt, string told, string column)
    {
        _shop.Say("C-secret", topic, state, changedAt);

        (await ReadAsync("C-secret")).ShouldBe([Preference.Unreadable("C-secret", told)]);

        var warning = _shop.Logs.Entries.Single();
        warning.Id.Name.ShouldBe("PreferenceUnreadable");
        warning.Message.ShouldContain("sharing_preferences");
        warning.Message.ShouldContain($"'{column}'");
        warning.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Read_ManyThatCannotBeRead_AreToldOnceAMinute()
    {
        _shop.Say("C-1", "news", "yes", "2026-05-01T08:00:00Z");
        for (var i = 0; i < 5; i++)
        {
            await ReadAsync("C-1");
        }

        _shop.Logs.Entries.Count.ShouldBe(1);
        _shop.Clock.Advance(TimeSpan.FromMinutes(1));
        await ReadAsync("C-1");
        _shop.Logs.Entries.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Changes_InPagesOverMixedTimes_AreInOrderAndMissNothing()
    {
        var random = new Random(7);
        for (var i = 0; i < 120; i++)
        {
            var at = s_at.AddMilliseconds(250 * random.Next(12) - 120);
            _shop.Say($"C-{random.Next(20)}", $"t-{i}", "requested", at.ToString(at.Millisecond == 0 && random.Next(2) == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
        }

        var all = await _shop.Preferences.ListChangesAsync(new PreferenceCursor(s_at.AddDays(-1), ""), 1000, Token);
        var paged = new List<PreferenceChange>();
        var from = new PreferenceCursor(s_at.AddDays(-1), "");
        while (true)
        {
            var page = await _shop.Preferences.ListChangesAsync(from, 30, Token);
            paged.AddRange(page);
            if (page.Count < 30)
            {
                break;
            }

            from = new PreferenceCursor(page[^1].ChangedAt, page[^1].SubjectId);
        }

        all.Count.ShouldBe(120);
        all.ShouldBe(all.OrderBy(c => c.ChangedAt).ThenBy(c => c.SubjectId, StringComparer.Ordinal));
        paged.Distinct().ShouldBe(all.Distinct());
    }

    [Fact]
    public async Task Changes_WithTimesThatCannotBeRead_GiveTheOthers()
    {
        foreach (var at in (object?[])["soon", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-06-01T00:00:60Z", "2026-06-01", 5L, null])
        {
            _shop.Say("C-broken", "news", "opted_out", at);
        }

        _shop.Say("C-1", "news", "opted_out", "2026-06-01T08:00:00.500Z");
        _shop.Say("C-2", "news", "opted_out", "2026-06-01T08:00:00Z");

        (await _shop.Preferences.ListChangesAsync(new PreferenceCursor(s_at, ""), 10, Token)).Select(c => c.SubjectId).ShouldBe(["C-2", "C-1"]);
    }

    [Fact]
    public async Task View_MissingOrWithoutColumns_FailsAndNamesThemAll()
    {
        _shop.Execute("DROP VIEW sharing_preferences");
        Should.Throw<SourceException>(_shop.Preferences.Prepare).Message.ShouldContain("view 'sharing_preferences'");
        await Should.ThrowAsync<SourceException>(() => ReadAsync("C-1"));

        _shop.Execute("CREATE VIEW sharing_preferences AS SELECT subject_id, topic FROM said");
        var message = Should.Throw<SourceException>(_shop.Preferences.Prepare).Message;
        message.ShouldContain("column 'state' of view 'sharing_preferences'");
        message.ShouldContain("column 'changed_at' of view 'sharing_preferences'");
        await Should.ThrowAsync<SourceException>(() => ReadAsync("C-1"));

        _shop.Execute("DROP VIEW sharing_preferences");
        _shop.Execute("CREATE VIEW sharing_preferences AS SELECT * FROM said");
        _shop.Preferences.Prepare();
        (await ReadAsync("C-1")).ShouldBeEmpty();
    }

    private async Task<IReadOnlyList<Preference>> ReadAsync(params string[] subjects) => await _shop.Preferences.ReadAsync(subjects, Token);
}
