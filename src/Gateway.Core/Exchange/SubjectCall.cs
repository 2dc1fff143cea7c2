namespace Gateway.Core.Exchange;

/// <summary>
/// A call about exactly one subject. Made by the account site's assertion for that subject, or by a link that was made for it: no request
/// names one.
/// </summary>
public sealed class SubjectCall
{
    private SubjectCall(IdentifiedCall call, string subjectId)
    {
        Call = call;
        SubjectId = subjectId;
    }

    /// <summary>The call.</summary>
    public IdentifiedCall Call { get; }

    /// <summary>The shop's id of the person. Personal data: never logged.</summary>
    public string SubjectId { get; }

    /// <summary>The call's assertion → whose data it may touch.</summary>
    internal static async ValueTask<Outcome<SubjectCall>> AssertAsync(IdentifiedCall call, DateTimeOffset now) =>
        call.Contract.Contract.SubjectAccess is { } access && await access.SubjectOfAsync(call.Open.SubjectAssertion, now) is { } subject
            ? new SubjectCall(call, subject)
            : RefusalReason.SubjectNotAsserted;

    /// <summary>A link that this gateway sealed → whose preference it changes.</summary>
    internal static SubjectCall OfLink(IdentifiedCall call, string subjectId) => new(call, subjectId);
}
