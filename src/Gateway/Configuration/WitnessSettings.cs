using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Log.Notes;

namespace Gateway.Configuration;

/// <summary>A witness of the log, as the settings name it. Immutable.</summary>
/// <param name="Url">Its submission prefix.</param>
/// <param name="Key">What verifies its cosignatures.</param>
/// <param name="Authority">Whom to trust for its TLS certificate; empty for whom the system trusts.</param>
internal sealed record WitnessSettings(Uri Url, NoteVerifier Key, ImmutableArray<X509Certificate2> Authority);
