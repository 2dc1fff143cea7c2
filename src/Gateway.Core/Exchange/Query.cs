using Gateway.Core.Annotations;

namespace Gateway.Core.Exchange;

/// <summary>What a request asks for, read from its message and checked.</summary>
public abstract record Query
{
    private Query()
    {
    }

    /// <summary>One record.</summary>
    public sealed record Get(Leaf Key, string Value) : Query;

    /// <summary>1 to 100 records by key, each once.</summary>
    public sealed record BatchGet(IReadOnlyList<string> Keys) : Query;

    /// <summary>A page of 1 to 250.</summary>
    public sealed record List(int PageSize, string Token, DateTimeOffset? ChangedSince) : Query;

    /// <summary>A stream, from the start or from a token.</summary>
    public sealed record Watch(string Token) : Query;
}
