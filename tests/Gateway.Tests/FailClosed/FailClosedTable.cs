using System.Text;

namespace Gateway.Tests.FailClosed;

/// <summary>What a partner and the operator see when a part of the gateway is broken. Each row is a test; the README shows the table.</summary>
internal static class FailClosedTable
{
    public static IReadOnlyList<FailClosedRow> Rows { get; } =
    [
        // At start: nothing listens.
        new("setting misspelt", "`Gateway__Sorce__Provider=sqlite`", "nobody is served", "exit code 3: the variable is no setting, did you mean `Gateway__Source__Provider`"),
        new("setting missing", "certificates, contracts or source are not set", "nobody is served", "exit code 3: every variable that is missing, and what to name in it"),
        new("contracts broken at start", "an unknown purpose in one file, a message path in another", "nobody is served", "exit code 3: each error as `file:line:column`, with what to write instead"),
        new("forbidden grant at start", "the policy allows what a never-rule forbids, and a contract grants it; a sensitive field that nobody approved", "nobody is served", "exit code 3: each place with the rule, where that stands and why; a built-in rule cannot be taken away"),
        new("certificates broken at start", "`server.pem` is no certificate", "nobody is served", "exit code 3: which files are not a certificate and its key"),
        new("development certificates", "`serve` with `certs dev`'s files on an address that is not loopback", "nobody is served", "exit code 3: each file, and where real ones come from"),
        new("demo shop", "`serve` with the generated shop on an address that is not loopback", "nobody is served", "exit code 3: the source is the demo shop"),
        new("source missing at start", "the database's file does not exist", "nobody is served", "exit code 3: the source cannot be opened"),
        new("source column missing at start", "a view lacks a column that a contract grants", "nobody is served", "exit code 3: each missing column with its view"),
        new("preferences' view missing at start", "the view of preferences, or a column of it, is missing, and a contract needs people's permission", "nobody is served", "exit code 3: the view, or each missing column; a gateway none of whose contracts needs permission starts without the view"),
        new("log read-only at start", "the log lies on a read-only file system", "nobody is served", "exit code 3: the file cannot be written, and why"),
        new("log damaged at start", "the log's file is not the log", "nobody is served", "exit code 3: the file is damaged or none of the gateway's"),
        new("master key missing", "`master.key` is gone, the subject keys' store is there", "nobody is served", "exit code 3: put the key back from its backup"),
        new("key store damaged at start", "`subjects.db` is not the store", "nobody is served", "exit code 3: the file is damaged or none of the gateway's"),
        new("log missing at start", "the log is gone, keys of persons whose data was released are there", "nobody is served", "exit code 3: put the log back from its backup"),
        new("key store missing at start", "`subjects.db` is gone, the log tells of persons", "nobody is served", "exit code 3: put the store back from its backup"),
        new("standing missing at start", "`standing.db` is gone, the log tells of a suspension or a revoked key", "nobody is served", "exit code 3: put the file back, or begin an empty one and repeat what the log lists"),
        new("preferences missing at start", "`preferences.db` is gone, the log tells of customers who set their preferences here", "nobody is served", "exit code 3: put the file back from its backup, or begin an empty one and have the customers asked again"),
        new("requests missing at start", "`requests.db` is gone, the log tells of a request", "nobody is served", "exit code 3: put the file back from its backup, or begin an empty one and take up anew what the log lists"),
        new("older log put back at start", "an older copy of `log.db` is put back", "nobody is served", "exit code 3: which entries are missing; take them from a second place or declare the loss with `gateway log recover`"),
        new("log's end removed at start", "the last entries are deleted", "nobody is served", "as above"),
        new("log entry changed at start", "one of the last entries is written over", "nobody is served", "exit code 3: which entry; see what differs with `gateway log verify`"),
        new("log's tree changed at start", "a hash in `tree.db` is written over", "nobody is served", "exit code 3: the tree is not the one that was signed; it may be moved away"),
        new("log's tree missing at start", "`tree.db` is gone", "served", "nothing to do: the tree is made anew from the log and held to the checkpoint that was signed"),
        new("log key missing at start", "`log.key` is gone, checkpoints were signed with it", "nobody is served", "exit code 3: put the key back from its backup; none is made"),
        new("second place ahead at start", "the whole data folder is put back from a backup, the second place goes further", "nobody is served", "exit code 3: which entries are missing, and `gateway log recover --from` to take them from there"),
        new("witnessed log changed at start", "entries are changed or cut off and all is signed anew, what a witness cosigned is still kept", "nobody is served", "exit code 3: the cosigned checkpoint with which the log does not go together"),
        new("`forgotten` damaged at start", "a line of the file is no customer's mark", "nobody is served", "exit code 3: put the file back from its backup"),
        new("usage source sees registration at start", "the usage database has a view of a registration record, or a column such as `subject_id`, `customer_id`, `order_id`", "nobody is served", "exit code 3: each view and column"),
        new("registration source sees usage at start", "the shop's database has `sharing_usage_events`", "nobody is served", "exit code 3: move usage events into a database of their own"),
        new("usage source not set", "a contract grants statistics, `Gateway__Usage__…` is not set", "nobody is served", "exit code 3: which variables to set"),
        new("one partner with both domains at start", "a partner with statistics is granted a registration record, in the same or another contract, now or later", "nobody is served", "exit code 3: `file:line:column` of both"),
        new("statistics store missing at start", "`statistics.db` is gone, the log tells of statistics that were given", "nobody is served", "exit code 3: put the file back from its backup"),
        new("keys from a backup at start", "`keys/` is put back from before a forget", "served; what was forgotten stays so", "the keys are destroyed again before anybody is served: log `ForgetsReplayed`, act `subject.forget.replay`"),

        new("legal cases missing at start", "`legal.db` is gone, the log tells of cases", "nobody is served", "exit code 3: put the file back from its backup"),
        new("legal cases damaged at start", "`legal.db` is not the store", "nobody is served", "exit code 3: the file is damaged or none of the gateway's"),
        new("older legal cases put back at start", "an older copy of `legal.db` is put back", "nobody is served", "exit code 3: the cases whose acts it lacks"),

        // While running: no data, and the partner is told when to come back or whom to ask.
        new("contracts broken while running", "a file is saved with an error", "the last good contracts stay in force", "log `ContractsKept` and each error, metric `gateway.contracts.reload.failures`, `/readyz` names the errors"),
        new("forbidden grant while running", "the same, saved while the gateway runs", "the last good contracts stay in force", "as above; who left the staff loses access all the same"),
        new("source column missing at a reload", "a contract grants a field whose column the view lacks", "the last good contracts stay in force", "as above, naming the column; put in force by itself once the view has it"),
        new("source gone while running", "the database's file is moved away", "UNAVAILABLE `SOURCE_UNAVAILABLE`, retry in 1 s; served again when it is back", "log `SourceUnavailable`, the refusals in the disclosure log"),
        new("source column gone while running", "the view is replaced by one without a granted column", "UNAVAILABLE `SOURCE_UNAVAILABLE`", "log `SourceUnavailable` naming the column"),
        new("preferences' view gone while running", "the view of preferences is dropped", "UNAVAILABLE `SOURCE_UNAVAILABLE` where permission is needed, streams end so too; other calls go on; served again when it is back", "log `SourceUnavailable` naming the view"),
        new("preference unreadable", "a row of preferences has a state or a time that is none", "NOT_FOUND `RECORD_NOT_AVAILABLE`, as for a record that does not exist", "log `PreferenceUnreadable` once a minute: view and column, never a value"),
        new("preferences gone while running", "`preferences.db` is removed under the gateway", "UNAVAILABLE `SOURCE_UNAVAILABLE` where permission is needed; other calls go on", "log `SourceUnavailable`"),
        new("requests gone while running", "`requests.db` is removed under the gateway", "UNAVAILABLE `SOURCE_UNAVAILABLE` to calls about notices, whose streams end so too; records are served", "staff's acts on requests: UNAVAILABLE, nothing was done; log `RequestsUnusable`, `/readyz` is degraded; put the file back and restart"),
        new("disk full", "the log's disk has no space left", "UNAVAILABLE `LOG_UNAVAILABLE`, no receipt; served again when there is space", "log `LogRefused`: the disk is full; alarm `log_broken`; the refusals, counted by the second, are in the log when there is space again"),
        new("sync fails while running", "the disk fails a sync of the log or of the subject keys", "UNAVAILABLE `LOG_UNAVAILABLE`, then connections are cut", "log `LogBroken` or `SubjectKeysBroken`, `/readyz` fails, then the process ends with exit code 1; the next start recovers"),
        new("overload", "more calls wait for the disk than the log's queue holds", "UNAVAILABLE `LOG_UNAVAILABLE` with when to retry, no receipt; no disclosure of it is in the log", "the refusals, counted by the second, in the disclosure log"),
        new("log gone while running", "the log's file is removed under the gateway", "UNAVAILABLE `LOG_UNAVAILABLE`, no receipt", "log `LogBroken`, alarm `log_broken`, then the process ends with exit code 1"),
        new("key store gone while running", "`subjects.db` is removed under the gateway", "UNAVAILABLE `LOG_UNAVAILABLE`", "log `SubjectKeysBroken`, then the process ends with exit code 1"),
        new("required witness down", "no witness cosigns for longer than `Gateway__Log__WitnessRequired`", "UNAVAILABLE `LOG_UNAVAILABLE`; served again when one cosigns", "`/readyz` fails"),
        new("required witness contradicts the log", "the log is rewritten and signed anew, nothing here tells", "UNAVAILABLE `LOG_UNAVAILABLE`", "log `WitnessContradicts`, `/readyz` fails and says how; the evidence lies with the witness"),
        new("witness contradicts the log", "the same where no witness is required", "served", "log `WitnessContradicts`, `/readyz` says how; the evidence lies with the witness, which cosigns nothing more"),
        new("standing gone while running", "`standing.db` is removed, then a partner is suspended", "PERMISSION_DENIED `PARTNER_SUSPENDED` at once", "the act's answer says that it lasts only until a restart; log `ProtectionNotKept`, alarm `protection_not_kept`"),
        new("projector throws", "a record that the minimiser cannot copy", "INTERNAL `INTERNAL_FAULT` with a receipt", "log `InternalFault` with the receipt's id and the place in the code, never the record"),
        new("log gone at a forget", "the log's file is removed, then a customer is forgotten", "UNAVAILABLE `LOG_UNAVAILABLE`, as above", "the forget's answer: UNAVAILABLE, no key was destroyed"),
        new("key store unavailable at a forget", "the subject keys cannot be read", "UNAVAILABLE `LOG_UNAVAILABLE`", "the forget's answer: UNAVAILABLE, nothing was done; nothing is recorded"),
        new("key store gone at a forget", "`subjects.db` is removed, then a customer is forgotten", "UNAVAILABLE `LOG_UNAVAILABLE`, as above", "the forget's answer: UNAVAILABLE, recorded but the key is not destroyed yet; log `ForgetNotFinished`; the start after the store is back destroys it"),
        new("`forgotten` unwritable at a forget", "the file of the forgotten cannot be written", "served; the customer is forgotten", "a warning in the forget's answer, log `ForgottenNotKept`; the next start completes the file"),
        new("archive not whole", "an entry in the archive's folder was changed", "served", "`gateway log archive` ends with exit code 4; nothing is pruned"),
        new("log gone at a legal release", "the log's file is removed, then a case is released", "UNAVAILABLE `LOG_UNAVAILABLE`, as above", "the release's answer: UNAVAILABLE, nothing was released; there is no file"),
        new("source gone at a legal release", "the source cannot be read, or gives a record of another person or without a date", "UNAVAILABLE `SOURCE_UNAVAILABLE`", "the release's answer: UNAVAILABLE, nothing was released; there is no file"),
        new("legal cases gone while running", "`legal.db` is removed, then a case is opened, approved or released", "served", "the act's answer: UNAVAILABLE, nothing was done; nothing is recorded"),
        new("usage source gone while running", "the usage database's file is moved away", "UNAVAILABLE `SOURCE_UNAVAILABLE` to a period not given before; records are served; served again when it is back", "log `SourceUnavailable`"),
        new("usage view changed while running", "the view is changed to read a customer's column", "UNAVAILABLE `SOURCE_UNAVAILABLE`", "log `SourceUnavailable`"),
        new("clock past the agreement", "the agreement's last day is over", "PERMISSION_DENIED `AGREEMENT_NOT_IN_FORCE`; other partners' calls go on", "the refusals in the disclosure log; a restart works"),
    ];

    /// <summary>As the README has it.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| broken | how | the partner gets | the operator sees |\n|---|---|---|---|\n");
        foreach (var row in Rows)
        {
            text.Append("| ").Append(row.Name).Append(" | ").Append(row.How).Append(" | ").Append(row.Partner).Append(" | ").Append(row.Operator).Append(" |\n");
        }

        return text.ToString();
    }
}

/// <summary>One row.</summary>
internal sealed record FailClosedRow(string Name, string How, string Partner, string Operator);

/// <summary>Marks the test of a row.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RowAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
