using System.Security.Cryptography;
using Gateway.Core.Subjects;

namespace Gateway.Commands.Subject;

/// <summary>Reads an account site's key from its PEM file.</summary>
internal static class AssertionKeyFile
{
    /// <exception cref="CommandFailure">There is none, or it is no key on P-256.</exception>
    public static ECDsa Read(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (AssertionKey.TryParse(AssertionKey.TextOf(key), out _))
            {
                return key;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            key.Dispose();
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"{path} cannot be read: {e.Message}", "`gateway demo` makes account-site-assertion.key beside its certificates");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // Told below.
        }

        key.Dispose();
        throw new CommandFailure(
            ExitCode.InvalidConfiguration, $"{path} holds no key on P-256", "make one: openssl ecparam -name prime256v1 -genkey -noout -out FILE");
    }
}
