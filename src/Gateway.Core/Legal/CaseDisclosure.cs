using System.Collections.Immutable;
using System.Security.Cryptography;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Core.Legal;

/// <summary>Records a release under a case as any disclosure is recorded, before there is a file.</summary>
public sealed class CaseDisclosure(Recorder recorder, ISubjectKeys keys, TimeProvider clock)
{
    /// <summary>The recipient's stand-in where entries name a partner: its name is in the scope.</summary>
    public const string Recipient = "_LEGAL";

    /// <summary>The method that its entries name.</summary>
    public const string Method = "gateway.admin.v1.LegalService/Release";

    /// <summary>Records in one entry, at most.</summary>
    private const int Run = 256;

    /// <summary>
    /// Appends the entries and completes when all are durable. Where it fails some may be in the log: of a release that was not made,
    /// never the other way round. Takes no cancellation.
    /// </summary>
    /// <param name="legal">The case.</param>
    /// <param name="contents">What is to be released.</param>
    /// <param name="connection">Of the member of staff.</param>
    /// <param name="revision">The revision of policy and contracts in force.</param>
    /// <exception cref="LogUnavailableException">Not all are durable: nothing may be released.</exception>
    public async Task<ImmutableArray<string>> RecordAsync(Case legal, CaseContents contents, PeerConnection connection, string revision)
    {
        var receipts = ImmutableArray.CreateBuilder<string>();
        var caller = connection.FactsFor(Recipient);
        foreach (var part in contents.Parts)
        {
            var scope = ScopeOf(legal, part, revision);
            foreach (var run in part.Items.Chunk(Run))
            {
                var subjects = await keys.GetOrAddAsync([.. run.Select(i => i.SubjectId)]);
                var now = clock.GetUtcNow();
                var receipt = ReceiptId.New(now);
                await recorder.AppendAsync(new CallRecord
                {
                    Receipt = receipt,
                    Time = now,
                    Caller = caller,
                    Method = Method,
                    Refusal = null,
                    Purpose = Grounds.Purpose,
                    Basis = legal.Terms.Ground.Basis(),
                    Scope = scope,
                    Records = run.Select((item, i) => subjects[i].OfRecord(part.Record.Name, item.Key)).ToArray(),
                    Subjects = subjects.Select(s => s.Pseudonym).ToArray(),
                    Legal = new LegalReference(legal.Id, legal.NoticeAfter),
                });
                receipts.Add(receipt.ToString());
            }
        }

        return receipts.ToImmutable();
    }

    private static StoredScope ScopeOf(Case legal, CasePart part, string revision)
    {
        var recipient = legal.Terms.Recipient;
        var released = part.Leaves.Select(l => l.Path).ToHashSet(StringComparer.Ordinal);
        var scope = new Scope
        {
            Contract = legal.Id,
            Revision = revision,
            Purpose = Grounds.Purpose,
            Record = part.Record.Name,
            RecipientName = recipient.Name,
            Country = recipient.Country,
            Safeguard = recipient.Safeguard ?? "",
            Promise = legal.Terms.Ground.Promise(),
        };
        foreach (var leaf in part.Record.Leaves)
        {
            if (released.Contains(leaf.Path))
            {
                scope.Released.Add(leaf.Path);
            }
            else
            {
                scope.Withheld.Add(new Scope.Types.Withheld { Path = leaf.Path, Reason = WithheldReason.NotGranted });
            }
        }

        var bytes = scope.ToByteArray();
        return new StoredScope(SHA256.HashData(bytes), bytes);
    }
}
