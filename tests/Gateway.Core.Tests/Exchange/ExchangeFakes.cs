using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Tests.Log;

namespace Gateway.Core.Tests.Exchange;

/// <summary>Subject keys in memory, the same for the same subject.</summary>
internal sealed class MemoryKeys : ISubjectKeys
{
    private readonly ConcurrentDictionary<string, SubjectKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Thrown by each call; null to answer.</summary>
    public Exception? Fault { get; set; }

    public ValueTask<SubjectKey> GetOrAddAsync(string subjectId) => Fault is null ? new(Of(subjectId)) : throw Fault;

    public ValueTask<SubjectKey?> FindAsync(string subjectId) => Fault is null ? new(_keys.GetValueOrDefault(subjectId)) : throw Fault;

    public SubjectKey Of(string subjectId) => _keys.GetOrAdd(subjectId, static id => new SubjectKey(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
}

/// <summary>What the pipeline set off, in order.</summary>
internal sealed class HeardSafeguards : ISafeguards
{
    public List<string> Heard { get; } = [];

    public void Tripped(Contract contract, SuspendOn threshold) => Heard.Add($"tripped {threshold} {contract.Partner.Id}");

    public void CardNumberFound(Contract contract, string record) => Heard.Add($"card {record} {contract.Partner.Id}");

    public void RefusalBudgetSpent(PeerConnection connection) => Heard.Add($"cut {connection.Id}");

    public void UnrecordedAnswerBlocked(string method) => Heard.Add($"blocked {method}");
}

/// <summary>A seal that hides nothing but refuses what it did not write.</summary>
internal sealed class ClearSeal : ITokenSeal
{
    public string Seal(byte[] content) => "sealed-" + Convert.ToHexString(content);

    public bool TryOpen(string token, [NotNullWhen(true)] out byte[]? content)
    {
        content = token.StartsWith("sealed-", StringComparison.Ordinal) ? Convert.FromHexString(token.AsSpan(7)) : null;
        return content is not null;
    }
}

/// <summary>What a log in memory knows of earlier calls.</summary>
internal sealed class MemoryHistory(MemoryLog log) : IDisclosureHistory
{
    public ValueTask<bool> WasDisclosedAsync(string partner, Pseudonym record, CancellationToken cancellationToken) => new(
        log.Entries.Any(e => e.Caller?.Partner == partner && e.Records.ToByteArray().Chunk(SubjectKey.PseudonymSize).Any(p => new Pseudonym(p) == record)));
}
