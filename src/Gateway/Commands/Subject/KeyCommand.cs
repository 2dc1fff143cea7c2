using System.CommandLine;
using Gateway.Core.Subjects;

namespace Gateway.Commands.Subject;

/// <summary><c>gateway subject key</c>: a key as contracts write it.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "PEM file of the private or the public key, on P-256." };
        var command = new Command("key", """
            Prints the public half of a key as a contract's subject_access writes it.

            Example: gateway subject key account-site-assertion.key
            """)
        {
            file,
        };
        command.SetAction(parsed =>
        {
            using var key = AssertionKeyFile.Read(parsed.GetRequiredValue(file));
            Output.Data(AssertionKey.TextOf(key));
        });
        return command;
    }
}
