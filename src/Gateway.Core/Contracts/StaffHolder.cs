namespace Gateway.Core.Contracts;

/// <summary>The staff in force. A reader takes it once an act.</summary>
public sealed class StaffHolder(StaffDirectory initial)
{
    private volatile StaffDirectory _current = initial;

    /// <summary>The staff in force now.</summary>
    public StaffDirectory Current => _current;

    /// <summary>Puts <paramref name="next"/> in force.</summary>
    public void Swap(StaffDirectory next) => _current = next;
}
