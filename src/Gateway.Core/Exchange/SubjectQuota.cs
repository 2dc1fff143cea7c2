using Gateway.Core.Log;

namespace Gateway.Core.Exchange;

/// <summary>
/// Distinct subjects that one grant released today, UTC. Kept across reloads and rebuilt from the log at start, so that neither a
/// reload nor a restart gives a partner a second day. Safe for concurrent use.
/// </summary>
public sealed class SubjectQuota
{
    private readonly Lock _gate = new();
    private readonly HashSet<Pseudonym> _seen = [];
    private DateOnly _day;

    /// <summary>Distinct subjects so far on <paramref name="day"/>.</summary>
    public int Used(DateOnly day)
    {
        lock (_gate)
        {
            return day == _day ? _seen.Count : 0;
        }
    }

    /// <summary>Reserves all of <paramref name="subjects"/> within <paramref name="limit"/>, or none. A null limit counts only.</summary>
    public bool TryReserve(DateOnly day, ReadOnlySpan<Pseudonym> subjects, int? limit)
    {
        lock (_gate)
        {
            Turn(day);
            if (limit is { } most && _seen.Count + CountNew(subjects) > most)
            {
                return false;
            }

            foreach (var subject in subjects)
            {
                _seen.Add(subject);
            }

            return true;
        }
    }

    private int CountNew(ReadOnlySpan<Pseudonym> subjects)
    {
        var fresh = 0;
        for (var i = 0; i < subjects.Length; i++)
        {
            if (!_seen.Contains(subjects[i]) && !subjects[..i].Contains(subjects[i]))
            {
                fresh++;
            }
        }

        return fresh;
    }

    // A clock that steps back over midnight must not open the day anew: days only go forward.
    private void Turn(DateOnly day)
    {
        if (day > _day)
        {
            _day = day;
            _seen.Clear();
        }
    }
}
