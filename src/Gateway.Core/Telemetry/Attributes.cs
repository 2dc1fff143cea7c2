namespace Gateway.Core.Telemetry;

/// <summary>
/// Every attribute name on spans and metrics. Values come from contracts, from protos or from closed sets of ours, never from what a
/// partner sent: that is <see cref="Other"/>. Names of the <c>rpc.</c> group follow OpenTelemetry's semantic conventions 1.44.
/// </summary>
public static class Attributes
{
    /// <summary>Stands for any value that is not a known name.</summary>
    public const string Other = "_OTHER";

    /// <summary>The partner's id.</summary>
    public const string Partner = "gateway.partner";

    /// <summary>The contract's name.</summary>
    public const string Contract = "gateway.contract";

    /// <summary>The revision of policy and contracts in force for the call.</summary>
    public const string Revision = "gateway.revision";

    /// <summary>The purpose, a fideslang data use.</summary>
    public const string Purpose = "gateway.purpose";

    /// <summary><c>released</c>, <c>refused</c> or <c>failed</c>.</summary>
    public const string Decision = "gateway.decision";

    /// <summary>The refusal's reason, as on the wire: <c>METHOD_NOT_GRANTED</c>.</summary>
    public const string Refusal = "gateway.refusal";

    /// <summary>The receipt's id.</summary>
    public const string Receipt = "gateway.receipt";

    /// <summary>How many leaves of the record the scope releases, transformed ones included.</summary>
    public const string FieldsReleased = "gateway.fields.released";

    /// <summary>How many leaves of the record the scope withholds.</summary>
    public const string FieldsWithheld = "gateway.fields.withheld";

    /// <summary>How many records were released.</summary>
    public const string Records = "gateway.records";

    /// <summary>How many step spans a long stream did not open; see <see cref="CallTrace.MaxSteps"/>.</summary>
    public const string StepsOmitted = "gateway.steps.omitted";

    /// <summary>What an alarm is about; see <see cref="AlarmKind"/>.</summary>
    public const string Alarm = "gateway.alarm";

    /// <summary>Why a handshake was refused: a closed set of the listener's.</summary>
    public const string HandshakeReason = "gateway.handshake.reason";

    /// <summary>The listener: <c>partners</c> or <c>staff</c>.</summary>
    public const string Listener = "gateway.listener";

    /// <summary><c>partner</c>, <c>server</c> or <c>authority</c>.</summary>
    public const string CertificateRole = "gateway.certificate.role";

    /// <summary>Partner id, or the file's name of a server certificate or authority.</summary>
    public const string CertificateName = "gateway.certificate.name";

    /// <summary>A witness's name from the configuration.</summary>
    public const string Witness = "gateway.log.witness";

    /// <summary>Always <c>grpc</c>.</summary>
    public const string RpcSystem = "rpc.system.name";

    /// <summary><c>package.Service/Method</c>.</summary>
    public const string RpcMethod = "rpc.method";

    /// <summary>The gRPC status by name: <c>NOT_FOUND</c>.</summary>
    public const string RpcStatus = "rpc.status_code";

    /// <summary>The same as <see cref="RpcStatus"/>, as semantic conventions 1.39 to 1.43 name it.</summary>
    public const string RpcResponseStatus = "rpc.response.status_code";

    /// <summary>The status by name, only where it counts as an error.</summary>
    public const string ErrorType = "error.type";
}
