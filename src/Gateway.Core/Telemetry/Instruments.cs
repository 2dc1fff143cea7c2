using System.Diagnostics.Metrics;

namespace Gateway.Core.Telemetry;

/// <summary>Every instrument of the meter <c>Gateway</c>. Tag values come from contracts or closed sets, so that no partner makes series.</summary>
public static class Instruments
{
    private static readonly string[] s_alarms =
    [
        "subject_quota", "enumeration", "self_suspension", "card_number", "unrecorded_answer", "log_broken", "refusal_flood",
        "protection_not_kept", "log_mismatch", "log_unsigned", "witness_contradicts", "legal_review_overdue",
        "request_overdue", "agreement_ended",
    ];

    // Seconds. The conventions' buckets, with three below: most answers take less than a millisecond.
    private static readonly InstrumentAdvice<double> s_calls = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    // Seconds. One sync of a good disk is 0.1 to 0.2 ms; a second means the disk is in trouble.
    private static readonly InstrumentAdvice<double> s_appends = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    };

    /// <summary>How long calls took, by method and status. A stream counts once, when it ends.</summary>
    public static Histogram<double> CallDuration { get; } = GatewayTelemetry.Meter.CreateHistogram(
        "rpc.server.call.duration", "s", "Duration of calls on the partner listener.", tags: null, s_calls);

    /// <summary>How calls were decided, by partner, purpose, decision and refusal.</summary>
    public static Counter<long> Decisions { get; } = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.decisions", "{call}", "Decisions on calls of partners.");

    /// <summary>From asking for an append until the entry was durable.</summary>
    public static Histogram<double> LogAppendDuration { get; } = GatewayTelemetry.Meter.CreateHistogram(
        "gateway.log.append.duration", "s", "Time until an entry of the disclosure log was durable.", tags: null, s_appends);

    /// <summary>Entries that wait for the log's writer.</summary>
    public static Observed<long> LogQueueDepth { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.log.queue.depth", o, "{entry}", "Entries waiting for the disclosure log."));

    /// <summary>Entries that are in the log but not yet in its query index.</summary>
    public static Observed<long> LogIndexLag { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.log.index.lag", o, "{entry}", "Entries not yet in the query index."));

    /// <summary>Entries in the log's tree that no signed checkpoint covers yet.</summary>
    public static Observed<long> LogTreeLag { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.log.tree.lag", o, "{entry}", "Entries that no signed checkpoint covers."));

    /// <summary>Signed entries that are not in the log's second place yet.</summary>
    public static Observed<long> LogMirrorLag { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.log.mirror.lag", o, "{entry}", "Signed entries not yet in the log's second place."));

    /// <summary>Seconds since there are entries that no signed checkpoint covers; 0 while there are none.</summary>
    public static Observed<double> LogCheckpointAge { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.log.checkpoint.age", o, "s", "Time since entries wait for a signed checkpoint."));

    /// <summary>Age of the oldest entry that a witness of the log has not cosigned, 0 where it has cosigned all that is signed; by the witness's name.</summary>
    public static Observed<double> LogWitnessLag { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.log.witness.lag", o, "s", "Age of the oldest entry not cosigned by a witness."));

    /// <summary>Requests of customers that have not ended.</summary>
    public static Observed<long> RequestsOpen { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.requests.open", o, "{request}", "Requests of customers that have not ended."));

    /// <summary>Those of them that should have been answered.</summary>
    public static Observed<long> RequestsOverdue { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.requests.overdue", o, "{request}", "Requests of customers that should have been answered."));

    /// <summary>Days until a certificate expires, negative once it has, by role and name.</summary>
    public static Observed<double> CertificateDaysLeft { get; } = new(
        o => GatewayTelemetry.Meter.CreateObservableGauge("gateway.certificate.days_left", o, "d", "Days until a certificate expires."));

    /// <summary>Handshakes refused, by listener and reason.</summary>
    public static Counter<long> HandshakesRefused { get; } = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.handshakes.refused", "{handshake}", "TLS handshakes refused.");

    /// <summary>Alarms, by kind.</summary>
    public static Counter<long> Alarms { get; } = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.alarms", "{alarm}", "Things that somebody must look at.");

    /// <summary>Spans that the span store did not keep, because its queue was full or its file could not be written.</summary>
    public static Counter<long> SpansDropped { get; } = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.spans.dropped", "{span}", "Spans not kept in the span store.");

    /// <summary>Reloads of policy and contracts that failed: the last good snapshot stayed in force.</summary>
    public static Counter<long> ContractReloadFailures { get; } = GatewayTelemetry.Meter.CreateCounter<long>(
        "gateway.contracts.reload.failures", "{reload}", "Reloads of contracts that failed.");

    /// <summary>Counts an alarm.</summary>
    public static void RaiseAlarm(AlarmKind kind) => Alarms.Add(1, new KeyValuePair<string, object?>(Attributes.Alarm, s_alarms[(int)kind]));

    /// <summary>A certificate's measurement for <see cref="CertificateDaysLeft"/>.</summary>
    /// <param name="role"><c>partner</c>, <c>server</c> or <c>authority</c>.</param>
    /// <param name="name">Partner id from its contract, or the name of a file of ours.</param>
    /// <param name="left">Time until it expires.</param>
    public static Measurement<double> CertificateDays(string role, string name, TimeSpan left) => new(
        left.TotalDays,
        new KeyValuePair<string, object?>(Attributes.CertificateRole, role),
        new KeyValuePair<string, object?>(Attributes.CertificateName, name));
}
