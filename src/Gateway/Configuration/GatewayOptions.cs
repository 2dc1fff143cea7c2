namespace Gateway.Configuration;

/// <summary>The section <c>Gateway</c> of <c>appsettings.json</c> and the variables <c>Gateway__…</c>. An unknown key is an error.</summary>
internal sealed record GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Folder for what the gateway keeps: log, keys, standing, spans, revisions.</summary>
    public string? Data { get; init; }

    /// <summary>Folder of policy.yaml, staff.yaml and the partners' files.</summary>
    public string? Contracts { get; init; }

    /// <summary>Folder of ca.pem, server.pem, server.key and the authorities NAME-ca.pem.</summary>
    public string? Certificates { get; init; }

    /// <summary>Where records come from.</summary>
    public StoreOptions Source { get; init; } = new();

    /// <summary>Where the gateway keeps what customers tell it about being written to.</summary>
    public PreferenceOptions Preferences { get; init; } = new();

    /// <summary>Where usage events come from: needed only where a contract grants statistics.</summary>
    public StoreOptions Usage { get; init; } = new();

    /// <summary>Where the disclosure log is kept.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>Where the gateway listens.</summary>
    public ListenerOptions Listeners { get; init; } = new();
}

/// <summary>A database.</summary>
internal sealed record StoreOptions
{
    /// <summary><c>sqlite</c> or <c>postgres</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>ADO.NET connection string.</summary>
    public string? ConnectionString { get; init; }
}

/// <summary>The gateway's own store of preferences: never the shop's tables.</summary>
internal sealed record PreferenceOptions
{
    /// <summary>ADO.NET connection string of a SQLite file. Default: <c>preferences.db</c> in the data folder.</summary>
    public string? ConnectionString { get; init; }
}

/// <summary>The disclosure log.</summary>
internal sealed record LogOptions
{
    /// <summary><c>sqlite</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>ADO.NET connection string. Default: <c>log.db</c> in the data folder.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>
    /// The log's identity in its checkpoints, for life: a URL without scheme, no space and no plus. Default: the one in the key file, which
    /// is made at the first start, <c>gateway.invalid/</c> and 12 random hex digits.
    /// </summary>
    public string? Origin { get; init; }

    /// <summary>Months for which entries stay at hand; older ones are to be archived. 1 to 120; default 13.</summary>
    public string? Retention { get; init; }

    /// <summary>Who cosigns the log's checkpoints. Default: nobody.</summary>
    public IReadOnlyList<WitnessOptions> Witnesses { get; init; } = [];

    /// <summary>
    /// <c>false</c>: witnesses that are down stop nobody. Or the longest time, <c>hh:mm:ss</c>, that disclosures go on without a witness
    /// that has cosigned them. Default: false.
    /// </summary>
    public string? WitnessRequired { get; init; }

    /// <summary>The log's second place: a folder that is there, better on another disk, to which the log is copied within seconds. Default: none.</summary>
    public string? Mirror { get; init; }
}

/// <summary>Listeners, each <c>address:port</c>; port 0 picks a free one.</summary>
internal sealed record ListenerOptions
{
    /// <summary>Partners: mutual TLS, HTTP/2 only.</summary>
    public string Partners { get; init; } = "0.0.0.0:8443";

    /// <summary>Staff: mutual TLS with staff certificates.</summary>
    public string Staff { get; init; } = "0.0.0.0:8444";

    /// <summary>Health and metrics: plain, loopback only.</summary>
    public string Local { get; init; } = "127.0.0.1:9464";
}

/// <summary>A witness of the log.</summary>
internal sealed record WitnessOptions
{
    /// <summary>Its submission prefix: https, or http on loopback.</summary>
    public string? Url { get; init; }

    /// <summary>Its verifier key, as <c>gateway witness key</c> prints it.</summary>
    public string? Key { get; init; }

    /// <summary>PEM file of the authority that its TLS certificate chains to. Default: whom the system trusts.</summary>
    public string? Authority { get; init; }
}
