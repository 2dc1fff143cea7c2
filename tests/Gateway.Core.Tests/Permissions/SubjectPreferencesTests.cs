using CsCheck;
using Gateway.Core.Permissions;
using Gateway.Core.Tests.Exchange;

namespace Gateway.Core.Tests.Permissions;

/// <summary>Two sources, one answer: held against the sentence "the newest counts, and of equal ones the opt-out".</summary>
public sealed class SubjectPreferencesTests
{
    private static readonly DateTimeOffset s_start = ExchangeScene.Start;

    private static readonly Gen<(bool Shop, Preference Said)> s_said = Gen.Select(
        Gen.Bool, Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[-3, 3],
        (shop, subject, topic, state, at) => (shop, new Preference($"s-{subject}", $"t-{topic}", (PreferenceState)state, s_start.AddSeconds(at))));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task Read_WhateverWasSaidWhere_GivesTheNewestAndOfEqualOnesTheMoreRestrictive() => s_said.List[0, 30].SampleAsync(async said =>
    {
        var (all, _, _) = Said(said);
        string[] subjects = ["s-0", "s-1", "s-2"];

        var read = await all.ReadAsync(subjects, CancellationToken.None);

        foreach (var subject in subjects)
        {
            var preferences = read.GetValueOrDefault(subject, SubjectPreferences.None);
            foreach (var topic in (string[])["t-0", "t-1", "t-2", "t-none"])
            {
                var about = said.Select(s => s.Said).Where(p => p.SubjectId == subject && p.Topic == topic).ToArray();
                preferences.Find(topic).ShouldBe(about.OrderByDescending(p => p.ChangedAt).ThenByDescending(p => p.State).FirstOrDefault());
            }
        }
    }, iter: 2000);

    [Fact]
    public Task ListChanges_OfBothSources_IsOneOrderInPagesThatMissNothing() => s_said.List[0, 30].SampleAsync(async said =>
    {
        var (all, _, _) = Said(said);
        var from = new PreferenceCursor(s_start.AddDays(-1), "");
        var found = new List<PreferenceChange>();
        while (true)
        {
            var page = await all.ListChangesAsync(from, 3, CancellationToken.None);
            found.AddRange(page);
            if (page.Count < 3)
            {
                break;
            }

            from = new PreferenceCursor(page[^1].ChangedAt, page[^1].SubjectId);
        }

        found.Distinct().ShouldBe(said.Select(s => new PreferenceChange(s.Said.SubjectId, s.Said.ChangedAt)).Distinct()
            .OrderBy(c => c.ChangedAt).ThenBy(c => c.SubjectId, StringComparer.Ordinal));
    }, iter: 2000);

    [Fact]
    public async Task Unreadable_TopicOrTime_OutweighsEverythingSaid()
    {
        var (all, shop, own) = Said([]);
        own.Say("s-0", "t-0", PreferenceState.Requested, DateTimeOffset.MaxValue);
        await shop.WriteAsync([Preference.Unreadable("s-0", "t-0"), Preference.Unreadable("s-1", Preference.EveryTopic)], Token);
        own.Say("s-1", "t-1", PreferenceState.Requested, s_start);

        (await all.PreferencesOfAsync("s-0", Token)).Find("t-0")!.State.ShouldBe(PreferenceState.OptedOut);
        (await all.PreferencesOfAsync("s-1", Token)).Find("t-1")!.State.ShouldBe(PreferenceState.OptedOut);
        (await all.PreferencesOfAsync("s-2", Token)).Find("t-1").ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_EitherSourceFails_IsNoHalfAnswer(bool shop)
    {
        var (all, theirs, ours) = Said([]);
        (shop ? theirs : ours).Fault = new Core.Sources.SourceException("away");

        await Should.ThrowAsync<Core.Sources.SourceException>(async () => await all.ReadAsync(["s-0"], Token));
        await Should.ThrowAsync<Core.Sources.SourceException>(async () => await all.ListChangesAsync(new PreferenceCursor(s_start, ""), 1, Token));
    }

    private static (AllPreferences All, MemoryPreferences Shop, MemoryPreferences Own) Said(IReadOnlyList<(bool Shop, Preference Said)> said)
    {
        var (shop, own) = (new MemoryPreferences(), new MemoryPreferences());
        foreach (var (isShop, p) in said)
        {
            (isShop ? shop : own).Say(p.SubjectId, p.Topic, p.State, p.ChangedAt);
        }

        return (new AllPreferences(shop, own), shop, own);
    }
}
