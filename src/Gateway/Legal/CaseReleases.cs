using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Legal;
using Gateway.Core.Legal.Sealing;
using Gateway.Core.Telemetry;

namespace Gateway.Legal;

/// <summary>Releases a case into a sealed file. The content is in memory only, and only until it is sealed.</summary>
internal sealed partial class CaseReleases(
    CaseDesk desk, CaseReader reader, CaseDisclosure disclosure, SnapshotHolder contracts, ILogger<CaseReleases> logger)
{
    /// <param name="id">The case.</param>
    /// <param name="by">Who releases.</param>
    /// <param name="connection">Whose connection the entries name.</param>
    /// <param name="recipient">Whom to seal for; null to seal under a new passphrase.</param>
    /// <param name="cancellationToken">Ends what is not recorded yet.</param>
    /// <exception cref="CaseException">Nothing was released; the message says why.</exception>
    public async Task<SealedRelease> ReleaseAsync(
        string id, Person by, PeerConnection connection, X509Certificate2? recipient, CancellationToken cancellationToken)
    {
        var sealedFor = recipient is null ? ReleaseAct.Passphrase : SpkiHash.Of(recipient).Text;
        var (legal, act, contents) = await desk.ReleaseAsync(
            id,
            now => new ReleaseAct(id, by, now, Records: 0, Receipts: [], sealedFor),
            reader,
            (released, held) => disclosure.RecordAsync(released, held, connection, contracts.Current.Revision),
            cancellationToken);
        if (contents.LeftOut > 0)
        {
            Instruments.RaiseAlarm(AlarmKind.CardNumber);
            Log.CardNumber(logger, contents.LeftOut, id);
        }

        var document = ReleaseDocument.Write(legal, act, contents);
        try
        {
            var passphrase = recipient is null ? Passphrases.Generate() : null;
            var file = recipient is null ? SealedFile.Under(passphrase!, document) : SealedFile.For(recipient, document);
            return new SealedRelease(act, file, passphrase, contents.LeftOut);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(document);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1841, LogLevel.Critical, "{Count} records in scope of {Case} hold what looks like a card number; they were left out. Find and remove it from the shop's database",
            EventName = "CaseCardNumber")]
        public static partial void CardNumber(ILogger logger, int count, string @case);
    }
}

/// <summary>A release as its sealed file.</summary>
/// <param name="Act">The release.</param>
/// <param name="File">CMS, DER.</param>
/// <param name="Passphrase">What opens it; null where a key does. Kept nowhere.</param>
/// <param name="LeftOut">Records left out because they hold what looks like a card number.</param>
internal sealed record SealedRelease(ReleaseAct Act, byte[] File, string? Passphrase, int LeftOut)
{
    /// <summary>Never the passphrase.</summary>
    public override string ToString() => $"{nameof(SealedRelease)} in {Act.CaseId}";
}
