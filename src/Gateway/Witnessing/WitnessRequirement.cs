using System.Globalization;
using Gateway.Core.Log;

namespace Gateway.Witnessing;

/// <summary>
/// Where the operator requires it, nothing is disclosed while no witness has cosigned the log for longer than the lag that is allowed,
/// or while one contradicts it. One witness that keeps up is enough: two, so that one can be down.
/// </summary>
/// <param name="witnesses">Whose cosignatures count.</param>
/// <param name="longest">The lag that is allowed; null where witnesses are not required.</param>
/// <param name="clock">Tells the lag.</param>
internal sealed class WitnessRequirement(Witnesses witnesses, TimeSpan? longest, TimeProvider clock) : IDisclosureCondition
{
    public string? Unmet
    {
        get
        {
            if (longest is not { } allowed)
            {
                return null;
            }

            var now = clock.GetUtcNow();
            var keepsUp = false;
            foreach (var witness in witnesses.All)
            {
                var state = witness.State;
                if (state.Contradiction is { } contradiction)
                {
                    return $"witness {witness.Name} contradicts the log: {contradiction}";
                }

                keepsUp |= state.Cosigned is not null && state.Lag(now) <= allowed;
            }

            return keepsUp
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"no witness has cosigned the log within {allowed}, which Gateway__Log__WitnessRequired asks for");
        }
    }
}
