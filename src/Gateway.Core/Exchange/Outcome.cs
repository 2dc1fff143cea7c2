using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Exchange;

/// <summary>What a step gives: the next value, or a refusal. Never both, never neither.</summary>
public readonly struct Outcome<T>
    where T : class
{
    private readonly T? _value;
    private readonly Refusal? _refusal;

    private Outcome(T? value, Refusal? refusal)
    {
        _value = value;
        _refusal = refusal;
    }

    /// <summary>True with the value; false with the refusal. A default instance counts as a fault, not as a value.</summary>
    public bool Passed([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = _value;
        refusal = _value is null ? _refusal ?? new Refusal(RefusalReason.InternalFault) : null;
        return _value is not null;
    }

    /// <summary>For interfaces, which have no conversions.</summary>
    public static Outcome<T> Of(T value) => new(value, null);

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);

    public static implicit operator Outcome<T>(RefusalReason reason) => new(null, new Refusal(reason));
}
