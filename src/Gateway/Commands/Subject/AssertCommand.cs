using System.CommandLine;
using System.Security.Cryptography;
using Gateway.Demo.AccountSite;
using Gateway.Subjects;

namespace Gateway.Commands.Subject;

/// <summary><c>gateway subject assert</c>: an assertion, as the account site makes one for each call.</summary>
internal static class AssertCommand
{
    public static Command Create()
    {
        var key = new Option<string>("--key") { Description = "PEM file of the account site's private key.", Required = true };
        var subject = new Option<string>("--subject") { Description = "The shop's id of the customer.", Required = true };
        var partner = CommonOptions.As(DemoAccountSite.Partner);
        var command = new Command("assert", """
            Prints an assertion for one customer, good for five minutes, for the metadata gateway-subject-assertion.

            Example: gateway subject assert --key certs-dev/account-site-assertion.key --subject c-0001
            """)
        {
            key, subject, partner,
        };
        command.SetAction(parsed => Output.Data(Make(
            parsed.GetRequiredValue(key), parsed.GetRequiredValue(partner), parsed.GetRequiredValue(subject))));
        return command;
    }

    /// <exception cref="CommandFailure">The key cannot be used.</exception>
    public static string Make(string keyFile, string partner, string subjectId)
    {
        using var key = AssertionKeyFile.Read(keyFile);
        try
        {
            return AssertionMaker.Make(key, partner, subjectId, TimeProvider.System.GetUtcNow());
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"{keyFile} holds no private key", "the public half cannot sign; name the file of the private one");
        }
    }
}
