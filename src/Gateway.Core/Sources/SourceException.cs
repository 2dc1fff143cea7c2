namespace Gateway.Core.Sources;

/// <summary>The source could not answer. The message is for the operator: it names view and column, never a value.</summary>
public sealed class SourceException(string message, Exception? inner = null) : Exception(message, inner);
