using CsCheck;
using Gateway.Core.Contracts;
using Gateway.Core.Permissions;
using Gateway.Core.Tests.Contracts;
using Gateway.Core.Tests.Exchange;

namespace Gateway.Core.Tests.Permissions;

public sealed class PermissionRuleTests
{
    private const string News = "news";

    private static readonly string[] s_topics = [News, "offers", ExchangeContracts.Mail, "other"];

    private static readonly DateTimeOffset s_now = ExchangeScene.Start;

    [Theory]
    [InlineData(PreferenceState.Requested, false, true)]
    [InlineData(PreferenceState.SoftOptIn, false, true)]
    [InlineData(PreferenceState.OptedOut, false, false)]
    [InlineData(PreferenceState.Requested, true, true)]
    [InlineData(PreferenceState.SoftOptIn, true, false)]
    [InlineData(PreferenceState.OptedOut, true, false)]
    public void List_StateAndBasis_DecideTogether(PreferenceState state, bool consent, bool allowed)
    {
        var rule = ListRule(consent);

        (rule.Judge(Said((News, state, s_now)), News, s_now) is not null).ShouldBe(allowed);
        rule.Judge(Said(("offers", state, s_now)), News, s_now).ShouldBeNull();
    }

    [Theory]
    [InlineData(PreferenceState.Requested, true)]
    [InlineData(PreferenceState.SoftOptIn, false)]
    [InlineData(PreferenceState.OptedOut, false)]
    public void Purpose_BasisConsent_NeedsARequestForThePurpose(PreferenceState state, bool allowed)
    {
        var rule = ConsentRule();

        (rule.Judge(Said((ExchangeContracts.Improvement, state, s_now)), null, s_now) is not null).ShouldBe(allowed);
        rule.Judge(Said((ExchangeContracts.Mail, PreferenceState.Requested, s_now)), null, s_now).ShouldBeNull();
    }

    [Fact]
    public void Nothing_SaidOrNoListOrAnUnknownOne_IsRefused()
    {
        var rule = ListRule(consent: false);

        rule.Judge(SubjectPreferences.None, News, s_now).ShouldBeNull();
        rule.Judge(Said((News, PreferenceState.Requested, s_now)), null, s_now).ShouldBeNull();
        rule.Judge(Said(("", PreferenceState.Requested, s_now)), "", s_now).ShouldBeNull();
        rule.Judge(Said(("not-in-the-policy", PreferenceState.Requested, s_now)), "not-in-the-policy", s_now).ShouldBeNull();
        ConsentRule().Judge(SubjectPreferences.None, null, s_now).ShouldBeNull();
    }

    [Fact]
    public void Future_Permission_IsNone_AndAFutureOptOutIsOne()
    {
        var rule = ListRule(consent: false);

        rule.Judge(Said((News, PreferenceState.Requested, s_now.AddTicks(1))), News, s_now).ShouldBeNull();
        rule.Judge(Said((News, PreferenceState.Requested, s_now)), News, s_now).ShouldNotBeNull();
        rule.Judge(Said((News, PreferenceState.Requested, s_now.AddDays(-1)), (News, PreferenceState.OptedOut, s_now.AddDays(1))), News, s_now).ShouldBeNull();
    }

    [Fact]
    public void OptOut_OfThePurpose_RefusesItsLists()
    {
        var rule = ListRule(consent: false);

        rule.Judge(Said((News, PreferenceState.Requested, s_now), (ExchangeContracts.Mail, PreferenceState.OptedOut, s_now.AddYears(-1))), News, s_now).ShouldBeNull();
        rule.Judge(Said((News, PreferenceState.Requested, s_now), (ExchangeContracts.Mail, PreferenceState.Requested, s_now)), News, s_now)!.Topic.ShouldBe(News);
        rule.Judge(Said((ExchangeContracts.Mail, PreferenceState.Requested, s_now)), News, s_now).ShouldBeNull();
    }

    [Fact]
    public void Grant_ThatNeedsNoPermission_HasNoRule() =>
        Rules(ExchangeContracts.NorthgateFile, ExchangeContracts.CedarFile).ShouldAllBe(r => r == null);

    [Fact]
    public void Judge_WhateverIsSaid_AllowsOnlyWhatTheLastWordAllows() => Gen.Select(
        Gen.Bool,
        Gen.Select(Gen.Int[0, 3].Select(i => s_topics[i]), Gen.Int[1, 3], Gen.Int[-2, 2]).List[0, 12]).Sample((consent, said) =>
    {
        var relied = ListRule(consent).Judge(
            Said([.. said.Select(s => (s.Item1, (PreferenceState)s.Item2, s_now.AddSeconds(s.Item3)))]), News, s_now);

        var about = said.Where(s => s.Item1 == News).OrderByDescending(s => s.Item3).ThenByDescending(s => s.Item2).ToArray();
        var purpose = said.Where(s => s.Item1 == ExchangeContracts.Mail).OrderByDescending(s => s.Item3).ThenByDescending(s => s.Item2).ToArray();
        var allowed = about.Length > 0 && about[0].Item3 <= 0 && about[0].Item2 <= (consent ? 1 : 2) && (purpose.Length == 0 || purpose[0].Item2 != 3);
        (relied is not null).ShouldBe(allowed);
    }, iter: 5000);

    private static PermissionRule ListRule(bool consent) =>
        Rules(consent ? ExchangeContracts.MeridianFile.Replace("basis: legitimate_interests", "basis: consent") : ExchangeContracts.MeridianFile).Single()!;

    private static PermissionRule ConsentRule() => Rules(ExchangeContracts.ConsentFile).Single()!;

    private static PermissionRule?[] Rules(params ContractFile[] contracts)
    {
        var compiled = SnapshotCompiler.Compile([ExchangeContracts.Policy, .. contracts], ExchangeScene.Catalogue, s_now);
        compiled.Errors.ShouldBeEmpty();
        return [.. compiled.Snapshot!.Contracts.SelectMany(c => c.Grants).Select(g => PermissionRule.Of(g, compiled.Snapshot.Policy))];
    }

    private static SubjectPreferences Said(params (string Topic, PreferenceState State, DateTimeOffset At)[] said)
    {
        var preferences = new SubjectPreferences();
        foreach (var (topic, state, at) in said)
        {
            preferences.Add(new Preference("s", topic, state, at));
        }

        return preferences;
    }
}
