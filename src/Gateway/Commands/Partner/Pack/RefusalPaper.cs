using System.Text;
using Gateway.Core.Exchange;
using Grpc.Core;

namespace Gateway.Commands.Partner.Pack;

/// <summary>REFUSALS.md: every refusal a partner can meet, from the one table that the gateway itself uses.</summary>
internal static class RefusalPaper
{
    public static string Text()
    {
        var page = new StringBuilder("""
            # Refusals

            A refusal carries `google.rpc.ErrorInfo` (`domain: gateway`, `reason` as below) in the trailer `grpc-status-details-bin`, and the id of
            its entry in the shop's disclosure log in the trailer `gateway-receipt`: name it when you ask the shop about a call.


            """);
        page.Table(["reason", "status", "retry", "what it means"], Enum.GetValues<RefusalReason>().Where(Refusals.Known.Contains).Select(Refusals.Of)
            .Select(r => (string[])[$"`{r.Name}`", Status(r.Status), Retry(r.Status), Markdown.Text(r.Sentence)]));
        page.Append("`RECORD_NOT_AVAILABLE` is one answer for what does not exist, what is not yours and what is outside your time: do not probe for which.\n");
        return page.ToString();
    }

    /// <summary>As gRPC writes it: NOT_FOUND.</summary>
    private static string Status(StatusCode status) =>
        string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    private static string Retry(StatusCode status) => status switch
    {
        StatusCode.Unavailable => "yes, after the time in `RetryInfo`",
        StatusCode.ResourceExhausted => "when the details say",
        StatusCode.DeadlineExceeded => "yes, with more time",
        _ => "no",
    };
}
