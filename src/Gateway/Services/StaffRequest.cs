using System.Security.Claims;
using Grpc.Core;

namespace Gateway.Services;

/// <summary>What every act of staff needs: who acts, and why.</summary>
internal static class StaffRequest
{
    private const int LongestReason = 500;

    /// <summary>Who: the authentication handler has put it there; without one nothing is done.</summary>
    public static string Actor(ServerCallContext context) =>
        context.GetHttpContext().User.FindFirstValue(ClaimTypes.NameIdentifier)
            ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "No member of staff is signed in."));

    /// <summary>Why, as it is recorded.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is empty, too long, or has control characters.</exception>
    public static string Reason(string reason)
    {
        var trimmed = reason.Trim();
        return trimmed.Length is > 0 and <= LongestReason && !trimmed.Any(char.IsControl)
            ? trimmed
            : throw new RpcException(new Status(
                StatusCode.InvalidArgument, $"`reason` is needed: one line of 1 to {LongestReason} characters; it is recorded."));
    }

    /// <summary>True when the id stands in the text as a word of its own: what is recorded cannot be forgotten.</summary>
    public static bool Names(string text, string id)
    {
        for (var at = 0; (at = text.IndexOf(id, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + id.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }
}
