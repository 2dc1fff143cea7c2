namespace Gateway.Core.Contracts.Comparison;

/// <summary>Whether a change lets more out, lets less out, or neither. In the order in which changes are told.</summary>
public enum ChangeKind
{
    Widening,
    Narrowing,
    Other,
}

/// <summary>One difference between two snapshots, in words.</summary>
/// <param name="Kind">Whether more leaves, or less.</param>
/// <param name="Partner">Whom it is about; empty where it is the policy.</param>
/// <param name="Text">What changes: <c>gains phone_number (user.contact.phone_number) under …, because …</c>.</param>
public sealed record ContractChange(ChangeKind Kind, string Partner, string Text);
