namespace Gateway.Core.Log;

/// <summary>What must hold, beside a log that takes the entry, for data to leave. A process boundary: it is true or not elsewhere.</summary>
public interface IDisclosureCondition
{
    /// <summary>Why nothing may be disclosed now, for the operator; null where it may. Asked on each call: quick, and never throws.</summary>
    string? Unmet { get; }
}
