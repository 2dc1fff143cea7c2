using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Gateway.Core.Legal;

/// <summary>One act of a person in a case. Acts in their order are all there is of a case: see <see cref="CaseBook"/>. Immutable.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="By">Who.</param>
/// <param name="At">When, UTC.</param>
[JsonDerivedType(typeof(OpenAct), "open")]
[JsonDerivedType(typeof(ApproveAct), "approve")]
[JsonDerivedType(typeof(ExtendAct), "extend")]
[JsonDerivedType(typeof(ReviewAct), "review")]
[JsonDerivedType(typeof(ReleaseAct), "release")]
[JsonDerivedType(typeof(CloseAct), "close")]
public abstract record CaseAct(string CaseId, Person By, DateTimeOffset At)
{
    /// <summary>Every act as the disclosure log names it.</summary>
    public static ImmutableArray<string> Actions { get; } =
        ["legal.open", "legal.approve", "legal.extend", "legal.review", "legal.release", "legal.close"];

    /// <summary>As the disclosure log names it: <c>legal.open</c>.</summary>
    [JsonIgnore]
    public abstract string Action { get; }

    /// <summary>What the disclosure log tells of it: no subject, no detail.</summary>
    [JsonIgnore]
    public abstract string Told { get; }

    protected static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A case is opened.</summary>
public sealed record OpenAct(string CaseId, Person By, DateTimeOffset At, CaseTerms Terms) : CaseAct(CaseId, By, At)
{
    public override string Action => "legal.open";

    public override string Told => $"{Terms.Ground.Name()}, {Terms.Recipient.Kind.ToString().ToLowerInvariant()}, {Terms.Recipient.Country}"
        + (Terms.Notice is { } notice ? $", notice after {Day(notice.Until)}" : "");
}

/// <summary>A case, or the extension to exactly <see cref="NoticeUntil"/>, is approved.</summary>
public sealed record ApproveAct(string CaseId, Person By, DateTimeOffset At, DateTimeOffset? NoticeUntil) : CaseAct(CaseId, By, At)
{
    public override string Action => "legal.approve";

    public override string Told => NoticeUntil is { } until ? $"notice after {Day(until)}" : "case";
}

/// <summary>A longer delay is proposed.</summary>
public sealed record ExtendAct(string CaseId, Person By, DateTimeOffset At, NoticeDelay Delay) : CaseAct(CaseId, By, At)
{
    public override string Action => "legal.extend";

    public override string Told => $"notice after {Day(Delay.Until)}";
}

/// <summary>An urgent case is reviewed.</summary>
public sealed record ReviewAct(string CaseId, Person By, DateTimeOffset At, ReviewOutcome Outcome, string Reason) : CaseAct(CaseId, By, At)
{
    public override string Action => "legal.review";

    public override string Told => Outcome.ToString().ToLowerInvariant();
}

/// <summary>What the case names is released.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Records">Records released.</param>
/// <param name="Receipts">Receipts of the disclosure's entries.</param>
/// <param name="SealedFor">The key that opens the file, <c>sha256:…</c>, or <see cref="Passphrase"/>.</param>
public sealed record ReleaseAct(string CaseId, Person By, DateTimeOffset At, int Records, ImmutableArray<string> Receipts, string SealedFor)
    : CaseAct(CaseId, By, At)
{
    /// <summary>Stands for a key where a passphrase opens the file.</summary>
    public const string Passphrase = "passphrase";

    public override string Action => "legal.release";

    public override string Told => $"sealed for {SealedFor}";
}

/// <summary>A case is closed.</summary>
public sealed record CloseAct(string CaseId, Person By, DateTimeOffset At, string Reason) : CaseAct(CaseId, By, At)
{
    public override string Action => "legal.close";

    public override string Told => "closed";
}

/// <summary>What a review found.</summary>
public enum ReviewOutcome
{
    /// <summary>The urgency was real.</summary>
    Confirmed,

    /// <summary>It should not have been approved.</summary>
    Wrong,
}
