using System.Collections.Immutable;

namespace Gateway.Core.Legal;

/// <summary>Why a rule refuses an act. Closed; <see cref="CaseRefusals"/> says each in a sentence.</summary>
public enum CaseRefusal
{
    CaseKnown,
    LifeTooLong,
    DelayTooLong,
    CaseClosed,
    CaseExpired,
    SamePerson,
    ApprovedAlready,
    NotApproved,
    ReviewOverdue,
    NotUrgent,
    ReviewedAlready,
    NoDelay,
    NoticeGiven,
    NotLater,
    ProposedAlready,
    NotProposed,
    WrongKey,
    NothingInScope,
    TooMuchInScope,
}

/// <summary>What staff are told of a refusal: what, why, what to do next. Nothing of the case itself.</summary>
public static class CaseRefusals
{
    private static readonly ImmutableArray<string> s_sentences =
    [
        "There is a case of this id already. Open it again: it gets another.",
        "The case would live longer than 90 days, or be over already. Write an expiry within 90 days from now.",
        "The notice would be delayed for longer than 90 days, or until a day that is past. Name a day within 90 days from now.",
        "The case is closed, or its review found it wrong: nothing more is done under it. Open another where a new ground stands.",
        "The case has expired. Open another where the ground still stands.",
        "The same person cannot count twice, whatever the certificate: somebody else has to do this.",
        "The case is approved already.",
        "The case is not approved. Two different people approve it, one where it is urgent: gateway legal approve ID.",
        "The review of an urgent case is overdue: no urgent case is approved or released until it is reviewed. gateway legal list shows which.",
        "Only urgent cases are reviewed.",
        "The case was reviewed already.",
        "The subjects are told at once under this case: there is no delay to extend.",
        "The delay is over, and the subjects can see the disclosure: it cannot be hidden again.",
        "The new day is not later than the one in force.",
        "The same day is proposed already. Approve it, or propose another.",
        "No extension to exactly this day is proposed. gateway legal show ID tells which is.",
        "The case names the key that the file may be sealed for, and this is not it.",
        "The source holds no record of these subjects in these dates: nothing was released, and no file made.",
        "The source holds more than 10,000 records of these subjects in these dates: nothing was released. Open several cases.",
    ];

    /// <summary>The sentence.</summary>
    public static string Sentence(this CaseRefusal refusal) => s_sentences[(int)refusal];

    /// <summary>The name as the disclosure log has it: <c>same_person</c>.</summary>
    public static string Name(this CaseRefusal refusal) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(refusal.ToString());
}
