using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Telemetry;
using Gateway.Listeners;

namespace Gateway.Calls;

/// <summary>Alarms, and what protects by itself: suspension where the contract says so, cutting a connection that floods.</summary>
internal sealed partial class Safeguards(StandingKeeper standing, ConnectionRegistry connections, ILogger<Safeguards> logger) : ISafeguards
{
    public void Tripped(Contract contract, SuspendOn threshold)
    {
        Instruments.RaiseAlarm(threshold == SuspendOn.SubjectQuota ? AlarmKind.SubjectQuota : AlarmKind.Enumeration);
        Log.Tripped(logger, contract.Partner.Id, threshold);
        if (contract.SuspendOn.Contains(threshold))
        {
            // Off the call: the caller's answer does not wait for it, and the keeper tells of its own failures.
            _ = Task.Run(() => standing.SuspendAutomaticallyAsync(contract.Partner.Id, threshold));
        }
    }

    public void CardNumberFound(Contract contract, string record)
    {
        Instruments.RaiseAlarm(AlarmKind.CardNumber);
        Log.CardNumber(logger, record, contract.Partner.Id);
    }

    public void RefusalBudgetSpent(PeerConnection connection)
    {
        Instruments.RaiseAlarm(AlarmKind.RefusalFlood);
        Log.Flood(logger, connection.Identity.Key.Text);
        connections.Cut(connection);
    }

    public void UnrecordedAnswerBlocked(string method)
    {
        Instruments.RaiseAlarm(AlarmKind.UnrecordedAnswer);
        Log.Blocked(logger, method);
    }

    private static partial class Log
    {
        [LoggerMessage(1710, LogLevel.Error, "Partner {Partner} tripped {Threshold}", EventName = "ThresholdTripped")]
        public static partial void Tripped(ILogger logger, string partner, SuspendOn threshold);

        [LoggerMessage(1711, LogLevel.Critical, "A {Record} asked for by {Partner} holds what looks like a card number; it was withheld. Find and remove it from the shop's database", EventName = "CardNumberFound")]
        public static partial void CardNumber(ILogger logger, string record, string partner);

        [LoggerMessage(1712, LogLevel.Error, "A connection with key {Key} went on being refused; it was cut", EventName = "RefusalFlood")]
        public static partial void Flood(ILogger logger, string key);

        [LoggerMessage(1713, LogLevel.Critical, "{Method} answered around the pipeline; the answer was stopped", EventName = "UnrecordedAnswer")]
        public static partial void Blocked(ILogger logger, string method);
    }
}
