using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Log.Notes;

namespace Gateway.Configuration;

/// <summary>Reads the log's witnesses as strictly as <see cref="SettingsReader"/> reads the rest.</summary>
internal static class WitnessSettingsReader
{
    /// <summary>The witnesses; an error for each value that is missing or wrong.</summary>
    public static ImmutableArray<WitnessSettings> Read(IReadOnlyList<WitnessOptions> options, List<string> errors)
    {
        var witnesses = ImmutableArray.CreateBuilder<WitnessSettings>();
        for (var i = 0; i < options.Count; i++)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"Gateway__Log__Witnesses__{i}__");
            var url = Url(options[i].Url, prefix + "Url", errors);
            var key = Key(options[i].Key, prefix + "Key", errors);
            var authority = Authority(options[i].Authority, prefix + "Authority", errors);
            if (key is not null && witnesses.Any(w => w.Key.Name == key.Name))
            {
                errors.Add($"{prefix}Key: {key.Name} is a witness already; each has a name of its own");
            }

            if (url is not null && key is not null)
            {
                witnesses.Add(new WitnessSettings(url, key, authority));
            }
        }

        return witnesses.ToImmutable();
    }

    /// <summary>The longest lag of witnesses under which the gateway serves; null where they are not required.</summary>
    public static TimeSpan? Required(string? text, int witnesses, List<string> errors)
    {
        if (text is null || string.Equals(text, "false", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        // A bare number is days to TimeSpan, which nobody means.
        if (!text.Contains(':', StringComparison.Ordinal) || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var lag) || lag < TimeSpan.FromSeconds(10))
        {
            errors.Add($"Gateway__Log__WitnessRequired: '{text}' is neither false nor a lag of at least 10 seconds; write e.g. 00:10:00");
            return null;
        }

        if (witnesses == 0)
        {
            errors.Add("Gateway__Log__WitnessRequired: is set, but no witness is; name one in Gateway__Log__Witnesses__0__Url and …__Key, or write false");
        }

        return lag;
    }

    private static Uri? Url(string? text, string variable, List<string> errors)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            return url;
        }

        errors.Add(text is null
            ? $"{variable}: is not set; name the witness's submission prefix, e.g. https://auditor.example:9465"
            : $"{variable}: '{text}' is no https URL without a query; plain http is for loopback only");
        return null;
    }

    private static NoteVerifier? Key(string? text, string variable, List<string> errors)
    {
        if (NoteVerifier.TryParse(text, out var key) && key.Type == NoteVerifier.Cosignature)
        {
            return key;
        }

        errors.Add($"{variable}: is no witness's verifier key (vkey of type 4); write what `gateway witness key` prints at the witness");
        return null;
    }

    private static ImmutableArray<X509Certificate2> Authority(string? path, string variable, List<string> errors)
    {
        if (path is null)
        {
            return [];
        }

        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            if (found.Count > 0)
            {
                return [.. found];
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Told below, as a file without certificates is.
        }

        errors.Add($"{variable}: there are no certificates (PEM) in {Path.GetFullPath(path)}");
        return [];
    }
}
