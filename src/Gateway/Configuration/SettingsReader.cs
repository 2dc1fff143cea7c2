using System.Globalization;
using System.Net;
using Gateway.Core.Contracts;
using Gateway.Core.Log.Notes;
using Microsoft.Data.Sqlite;

namespace Gateway.Configuration;

/// <summary>Reads the section <c>Gateway</c> strictly: an unknown key, a missing one and a wrong value are errors, all told at once.</summary>
internal static class SettingsReader
{
    // Every key there is; 0 stands for the places of a list. A misspelt setting must not silently become a default.
    private static readonly string[] s_keys =
    [
        "Data", "Contracts", "Certificates",
        "Source:Provider", "Source:ConnectionString", "Preferences:ConnectionString", "Usage:Provider", "Usage:ConnectionString",
        "Log:Provider", "Log:ConnectionString", "Log:Origin", "Log:Mirror", "Log:Retention", "Log:WitnessRequired",
        "Log:Witnesses:0:Url", "Log:Witnesses:0:Key", "Log:Witnesses:0:Authority",
        "Listeners:Partners", "Listeners:Staff", "Listeners:Local",
    ];

    /// <summary>Time that entries of the log stay at hand where nothing is set, months.</summary>
    private const int DefaultRetention = 13;

    /// <summary>The longest time that entries may stay at hand, months.</summary>
    private const int LongestRetention = 120;

    /// <exception cref="InvalidSettingsException">Something is missing, unknown or wrong.</exception>
    public static GatewaySettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(GatewayOptions.Section);
        var errors = new List<string>();
        errors.AddRange(Unknown(section));
        var options = section.Get<GatewayOptions>() ?? new GatewayOptions();
        var data = Required(options.Data, "Data", "a folder for what the gateway keeps", errors);
        var contracts = Folder(options.Contracts, "Contracts", "the folder of policy.yaml, staff.yaml and the contracts", errors);
        var certificates = Folder(options.Certificates, "Certificates", "the folder of server.pem, server.key and the authorities", errors);
        Provider(options.Source.Provider, "Source", errors);
        Provider(options.Log.Provider ?? "sqlite", "Log", errors);
        var source = Required(options.Source.ConnectionString, "Source:ConnectionString", "where the shop's views are, e.g. Data Source=/srv/shop.db", errors);
        _ = source is null ? null : DatabaseFile(source, "Source:ConnectionString", errors);
        var preferences = options.Preferences.ConnectionString is { } own ? DatabaseFile(own, "Preferences:ConnectionString", errors) : null;
        var usage = Usage(options.Usage, source, errors);
        var log = options.Log.ConnectionString is { } connection ? DatabaseFile(connection, "Log:ConnectionString", errors) : null;
        if (options.Log.Origin is { } origin && !NoteVerifier.IsName(origin))
        {
            errors.Add($"{Variable("Log:Origin")}: names no log; write a URL without scheme, space and plus, e.g. shop.example/disclosure-log");
        }

        var retention = DefaultRetention;
        if (options.Log.Retention is { } months
            && !(int.TryParse(months, NumberStyles.None, CultureInfo.InvariantCulture, out retention) && retention is >= 1 and <= LongestRetention))
        {
            errors.Add($"{Variable("Log:Retention")}: '{months}' is no number of months from 1 to {LongestRetention}");
        }

        var witnesses = WitnessSettingsReader.Read(options.Log.Witnesses, errors);
        var witnessRequired = WitnessSettingsReader.Required(options.Log.WitnessRequired, options.Log.Witnesses.Count, errors);

        var mirror = Mirror(options.Log.Mirror, data, errors);
        var partners = Endpoint(options.Listeners.Partners, "Listeners:Partners", errors);
        var staff = Endpoint(options.Listeners.Staff, "Listeners:Staff", errors);
        var local = Endpoint(options.Listeners.Local, "Listeners:Local", errors);
        if (local is not null && !IPAddress.IsLoopback(local.Address))
        {
            errors.Add($"{Variable("Listeners:Local")}: must be a loopback address; it has no authentication");
        }

        if (errors.Count > 0)
        {
            throw new InvalidSettingsException(errors);
        }

        var folder = new DataFolder(Path.GetFullPath(data!));
        return new GatewaySettings
        {
            Data = folder,
            Contracts = contracts!,
            Certificates = certificates!,
            Source = source!,
            Preferences = preferences ?? folder.Preferences,
            Usage = usage,
            Log = log ?? folder.Log,
            LogOrigin = options.Log.Origin,
            Witnesses = witnesses,
            WitnessRequired = witnessRequired,
            LogMirror = mirror,
            LogRetentionMonths = retention,
            Partners = partners!,
            Staff = staff!,
            Local = local!,
        };
    }

    /// <summary>The log's second place; null where none is named.</summary>
    public static DirectoryInfo? Mirror(string? named, string? data, List<string> errors)
    {
        var mirror = named is null ? null : Folder(named, "Log:Mirror", "the folder of the log's second place", errors);
        if (mirror is not null && data is not null && (mirror.FullName + "/").StartsWith(Path.GetFullPath(data) + "/", StringComparison.Ordinal))
        {
            errors.Add($"{Variable("Log:Mirror")}: lies in the data folder, and would be lost with it; name a folder on another disk");
        }

        return mirror;
    }

    /// <summary>An error for each key that is no setting.</summary>
    public static IEnumerable<string> Unknown(IConfigurationSection section) =>
        Keys(section, "").Where(key => !s_keys.Contains(FirstPlace(key), StringComparer.OrdinalIgnoreCase))
            .Select(key => $"{Variable(key)}: is no setting of the gateway; {Suggestion.Or(Variable(key), s_keys.Select(Variable), "remove it")}");

    // What has a value is a key; what only has keys under it is told by them.
    private static IEnumerable<string> Keys(IConfigurationSection section, string prefix) => section.GetChildren().SelectMany(
        child => Keys(child, prefix + child.Key + ":").Concat(child.Value is null ? [] : [prefix + child.Key]));

    // The same key in the first place of its list.
    private static string FirstPlace(string key) =>
        string.Join(':', key.Split(':').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "0" : part));

    private static string? Required(string? value, string key, string what, List<string> errors)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            errors.Add($"{Variable(key)}: is not set; name {what}");
            return null;
        }

        return value;
    }

    private static DirectoryInfo? Folder(string? value, string key, string what, List<string> errors)
    {
        if (Required(value, key, what, errors) is not { } path)
        {
            return null;
        }

        if (!Directory.Exists(path))
        {
            errors.Add($"{Variable(key)}: there is no folder {Path.GetFullPath(path)}");
        }

        return new DirectoryInfo(Path.GetFullPath(path));
    }

    private static void Provider(string? value, string key, List<string> errors)
    {
        switch (value)
        {
            case "sqlite":
                break;
            case "postgres":
                errors.Add($"{Variable(key + ":Provider")}: postgres is not built yet; use sqlite");
                break;
            default:
                errors.Add($"{Variable(key + ":Provider")}: is '{value}'; write sqlite");
                break;
        }
    }

    // Not set at all where no contract grants statistics; else whole, and never the database of who persons are.
    private static string? Usage(StoreOptions options, string? source, List<string> errors)
    {
        if (options is { Provider: null, ConnectionString: null })
        {
            return null;
        }

        Provider(options.Provider, "Usage", errors);
        var usage = Required(options.ConnectionString, "Usage:ConnectionString", "where the usage events are, e.g. Data Source=/srv/usage.db", errors);
        var file = usage is null ? null : DatabaseFile(usage, "Usage:ConnectionString", errors);
        if (file is not null && source is not null && DatabaseFile(source, "Source:ConnectionString", []) is { } other && Path.GetFullPath(other) == Path.GetFullPath(file))
        {
            errors.Add($"{Variable("Usage:ConnectionString")}: is the database of Source:ConnectionString; usage events belong into one of their own");
        }

        return usage;
    }

    private static IPEndPoint? Endpoint(string value, string key, List<string> errors)
    {
        if (IPEndPoint.TryParse(value, out var endpoint) && value.Contains(':', StringComparison.Ordinal))
        {
            return endpoint;
        }

        errors.Add($"{Variable(key)}: '{value}' is not address:port; write e.g. 127.0.0.1:8443");
        return null;
    }

    private static string? DatabaseFile(string connectionString, string key, List<string> errors)
    {
        try
        {
            if (new SqliteConnectionStringBuilder(connectionString).DataSource is { Length: > 0 } file)
            {
                return file;
            }
        }
        catch (ArgumentException)
        {
            // Its text can quote a password.
        }

        errors.Add($"{Variable(key)}: is no connection string of SQLite; write e.g. Data Source=/srv/shop.db");
        return null;
    }

    private static string Variable(string key) => $"{GatewayOptions.Section}__{key.Replace(":", "__", StringComparison.Ordinal)}";
}
