using System.CommandLine;

namespace Gateway.Commands.Subject;

/// <summary><c>gateway subject</c>: what an account site signs with.</summary>
internal static class SubjectCommand
{
    public static Command Create() => new("subject", """
        For the shop's own account site: the key in its contract, and assertions to try it with.

        Example: gateway subject assert --key certs-dev/account-site-assertion.key --subject c-0001
        """)
    {
        KeyCommand.Create(),
        AssertCommand.Create(),
    };
}
