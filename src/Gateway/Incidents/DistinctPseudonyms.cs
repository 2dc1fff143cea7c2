using Gateway.Core.Log;

namespace Gateway.Incidents;

/// <summary>Counts distinct pseudonyms in bounded memory: exactly up to <see cref="Most"/>, then as a lower bound.</summary>
internal sealed class DistinctPseudonyms
{
    /// <summary>Told apart at most; about 200 MB.</summary>
    public const int Most = 4_000_000;

    private readonly HashSet<Pseudonym> _known = [];

    public int Count => _known.Count;

    /// <summary>True where more came than were told apart.</summary>
    public bool AtLeast { get; private set; }

    public void Add(Pseudonym pseudonym)
    {
        if (_known.Count < Most)
        {
            _known.Add(pseudonym);
        }
        else
        {
            AtLeast |= !_known.Contains(pseudonym);
        }
    }
}
