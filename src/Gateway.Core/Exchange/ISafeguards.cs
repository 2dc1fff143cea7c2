using Gateway.Core.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Core.Exchange;

/// <summary>What the pipeline sets off outside itself. A process boundary; each member returns at once and never throws.</summary>
public interface ISafeguards
{
    /// <summary>A threshold was tripped: alarm, and suspend the partner where its contract says so.</summary>
    void Tripped(Contract contract, SuspendOn threshold);

    /// <summary>A record held what no record may hold: alarm.</summary>
    void CardNumberFound(Contract contract, string record);

    /// <summary>A connection refuses to stop being refused: cut it.</summary>
    void RefusalBudgetSpent(PeerConnection connection);

    /// <summary>Something answered around the pipeline and was stopped: alarm.</summary>
    void UnrecordedAnswerBlocked(string method);
}
