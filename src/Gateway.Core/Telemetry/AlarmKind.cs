namespace Gateway.Core.Telemetry;

/// <summary>What somebody must look at. Closed; each has a name in <see cref="Instruments.RaiseAlarm"/>.</summary>
public enum AlarmKind
{
    /// <summary>A partner reached its distinct subjects of the day.</summary>
    SubjectQuota,

    /// <summary>A partner asked for too many records that are not available to it.</summary>
    Enumeration,

    /// <summary>A partner was suspended by a threshold of its contract.</summary>
    SelfSuspension,

    /// <summary>A record held what looks like a card number.</summary>
    CardNumber,

    /// <summary>An answer that the pipeline did not record was stopped at the door.</summary>
    UnrecordedAnswer,

    /// <summary>The disclosure log cannot take entries.</summary>
    LogBroken,

    /// <summary>A partner used up its refusal budget and its connection was cut.</summary>
    RefusalFlood,

    /// <summary>A suspension or revocation is in force but could not be kept, or not be recorded.</summary>
    ProtectionNotKept,

    /// <summary>The log, its tree and its checkpoints do not go together: something was changed, removed or put back.</summary>
    LogMismatch,

    /// <summary>No checkpoints of the log are signed any more.</summary>
    LogUnsigned,

    /// <summary>A witness of the log has seen another history than ours.</summary>
    WitnessContradicts,

    /// <summary>The review of an urgent legal case is overdue.</summary>
    LegalReviewOverdue,

    /// <summary>A customer's request should have been answered.</summary>
    RequestOverdue,

    /// <summary>A partner's agreement ended: what it was given must be deleted or returned.</summary>
    AgreementEnded,
}
