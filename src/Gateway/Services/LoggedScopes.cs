using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Services;

/// <summary>Scopes by their hash, those met lately at hand. Belongs to one reader; not for concurrent use.</summary>
internal sealed class LoggedScopes(ILogReader log)
{
    /// <summary>Scopes remembered; a partner can name ever new read masks, and a tail runs for days.</summary>
    private const int Remembered = 1000;

    private readonly Dictionary<ByteString, Scope?> _scopes = [];

    /// <summary>The scope; null for no hash, and where the log does not hold it.</summary>
    public async ValueTask<Scope?> FindAsync(ByteString hash, CancellationToken cancellationToken)
    {
        if (hash.IsEmpty)
        {
            return null;
        }

        if (_scopes.TryGetValue(hash, out var scope))
        {
            return scope;
        }

        if (_scopes.Count >= Remembered)
        {
            _scopes.Clear();
        }

        var bytes = await log.FindScopeAsync(hash.Memory, cancellationToken);
        return _scopes[hash] = bytes is null ? null : Scope.Parser.ParseFrom(bytes);
    }
}
