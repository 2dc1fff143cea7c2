using System.Collections.Immutable;

namespace Gateway.Core.Contracts.Never;

/// <summary>The rules that hold in every gateway. A policy adds to them; none can take one away.</summary>
public static class NeverFloor
{
    /// <summary>What stands where a rule of a policy has its place.</summary>
    public const string Where = "built in";

    /// <summary>Every one of them.</summary>
    public static ImmutableArray<NeverRule> Rules { get; } =
    [
        Rule([], ["user.authorization"], "what a customer signs in with is nobody else's"),
        Rule(["sales"], [], "personal data is not sold"),
        Rule(["marketing.advertising"], [], "personal data is not given for advertising"),
        Rule(["personalize.content.profiling", "personalize.content.profiled"], [], "customers are not profiled"),
        Rule(["train_ai_system"], [], "customers' data trains nobody's models"),

        // user.payment is the taxonomy's other word for what user.financial holds.
        Rule(["marketing"], ["user.financial", "user.payment", "user.behavior.purchase_history"],
            "mail is sent as asked, not by what was bought or paid"),
        Rule(["essential.service.fulfillment"], ["user.financial", "user.payment"], "who packs and delivers needs no payment data"),
    ];

    private static NeverRule Rule(ImmutableArray<string> purposes, ImmutableArray<string> categories, string because) =>
        new(purposes, categories, because, Where);
}
