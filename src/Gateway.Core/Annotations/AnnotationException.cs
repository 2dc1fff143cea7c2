namespace Gateway.Core.Annotations;

/// <summary>The protos' labels are incomplete or contradict each other. Start-up fails with it.</summary>
public sealed class AnnotationException(IReadOnlyList<string> errors)
    : Exception("The protos are not labelled as partner-facing messages must be:\n  " + string.Join("\n  ", errors))
{
    /// <summary>One sentence an error: what is wrong where, and what to write instead.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
