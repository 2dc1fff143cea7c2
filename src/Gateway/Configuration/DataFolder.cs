namespace Gateway.Configuration;

/// <summary>Where in <see cref="GatewayOptions.Data"/> each thing lies. Directories are made 0700 at start.</summary>
internal sealed record DataFolder(string Root)
{
    /// <summary>The disclosure log, unless a setting names another file.</summary>
    public string Log { get; init; } = Path.Combine(Root, "log.db");

    /// <summary>The log's query index: derived, can be deleted and is rebuilt.</summary>
    public string LogIndex => Path.Combine(Root, "log-index.db");

    /// <summary>The log's Merkle tree and its last signed checkpoint.</summary>
    public string LogTree => Path.Combine(Root, "tree.db");

    /// <summary>The last signed checkpoint outside the log's databases.</summary>
    public string Checkpoint => Path.Combine(Root, "checkpoint");

    /// <summary>The last checkpoint that each witness cosigned, outside the log's databases: a folder.</summary>
    public string Cosigned => Path.Combine(Root, "cosigned");

    /// <summary>The keys that sign checkpoints; 0600.</summary>
    public string LogKey => Path.Combine(Root, "keys", "log.key");

    /// <summary>Their public halves, one vkey a line.</summary>
    public string LogVerifierKeys => Path.Combine(Root, "log.vkey");

    /// <summary>Subject keys, apart from the log and its backups.</summary>
    public string SubjectKeys => Path.Combine(Root, "keys", "subjects.db");

    /// <summary>The master key that finds and wraps subject keys and derives partners' pseudonym keys; 0600.</summary>
    public string MasterKey => Path.Combine(Root, "keys", "master.key");

    /// <summary>Data Protection's key ring: seals page and resume tokens.</summary>
    public string TokenKeys => Path.Combine(Root, "keys", "tokens");

    /// <summary>Suspended partners and revoked keys.</summary>
    public string Standing => Path.Combine(Root, "standing.db");

    /// <summary>What customers told the gateway about being written to, unless a setting names another file.</summary>
    public string Preferences => Path.Combine(Root, "preferences.db");

    /// <summary>Cases of disclosure on legal grounds, with the persons and details in them; 0600, and in no other place.</summary>
    public string Cases => Path.Combine(Root, "legal.db");

    /// <summary>Marks of the customers ever forgotten: held against backups of the keys at each start.</summary>
    public string Forgotten => Path.Combine(Root, "forgotten");

    /// <summary>Customers' requests, and what partners are told of them.</summary>
    public string Requests => Path.Combine(Root, "requests.db");

    /// <summary>What partners were given and owe the deletion of: derived, can be deleted and is counted anew.</summary>
    public string Obligations => Path.Combine(Root, "obligations.db");

    /// <summary>Spans, bounded by age and size.</summary>
    public string Spans => Path.Combine(Root, "spans.db");

    /// <summary>The exact bytes of each revision of policy and contracts.</summary>
    public string Revisions => Path.Combine(Root, "revisions");

    /// <summary>The statistics that partners were given: the first answer of a period is the only one.</summary>
    public string Statistics => Path.Combine(Root, "statistics.db");

    /// <summary>The demo's usage events, apart from its shop.</summary>
    public string Usage => Path.Combine(Root, "usage.db");

    /// <summary>The demo's shop.</summary>
    public string Shop => Path.Combine(Root, "shop.db");
}
