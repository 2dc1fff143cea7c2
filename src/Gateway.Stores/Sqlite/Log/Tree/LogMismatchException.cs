namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>
/// What the log, its tree and its signed checkpoints say does not go together: something was changed, removed or put back. Nothing more
/// is signed. The message says what and where, and holds no data.
/// </summary>
internal sealed class LogMismatchException(string message) : Exception(message);
