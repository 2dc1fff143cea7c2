using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Exchange;

/// <summary>Seals page and resume tokens, so that partners can neither read nor make one. A process boundary: keys are kept outside Core.</summary>
public interface ITokenSeal
{
    /// <summary>URL-safe text, authenticated and encrypted.</summary>
    string Seal(byte[] content);

    /// <summary>The content, or false for anything that this gateway did not seal.</summary>
    bool TryOpen(string token, [NotNullWhen(true)] out byte[]? content);
}
