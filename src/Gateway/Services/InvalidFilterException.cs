namespace Gateway.Services;

/// <summary>A filter of the log is not well-formed. The message tells staff which and what to write instead, and repeats no value.</summary>
internal sealed class InvalidFilterException(string message) : Exception(message);
