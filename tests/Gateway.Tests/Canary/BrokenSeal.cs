using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Exchange;

namespace Gateway.Tests.Canary;

/// <summary>The real seal, but one token makes it throw an exception whose message holds a secret: a fault deep in the pipeline.</summary>
internal sealed class BrokenSeal(ITokenSeal inner, string secret) : ITokenSeal
{
    public const string Trigger = "break-it";

    public string Seal(byte[] content) => inner.Seal(content);

    public bool TryOpen(string token, [NotNullWhen(true)] out byte[]? content) =>
        token == Trigger ? throw new InvalidOperationException(secret) : inner.TryOpen(token, out content);
}
