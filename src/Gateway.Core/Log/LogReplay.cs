using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Core.Log;

/// <summary>Reads the end of the log once more at start, from the leaves themselves and not from an index: rebuilds the day's quotas.</summary>
public sealed class LogReplay(ILogReader log)
{
    private const int Block = 1000;

    private readonly Dictionary<ByteString, Scope> _scopes = [];

    /// <summary>Every disclosure with records made at or after <paramref name="since"/>, newest blocks first.</summary>
    /// <exception cref="LogUnavailableException">The log cannot be read, or refers to a scope that it does not hold.</exception>
    public async IAsyncEnumerable<ReplayedDisclosure> DisclosuresSinceAsync(
        DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var before = await log.GetHeadAsync(cancellationToken);
        while (before > 0)
        {
            var from = Math.Max(0, before - Block);
            var leaves = await log.ReadAsync(from, (int)(before - from), cancellationToken);
            var past = false;
            foreach (var entry in leaves.Select(l => Entry.Parser.ParseFrom(l.Bytes)))
            {
                var time = entry.Time.ToDateTimeOffset();
                past |= time < since - LogTimes.Disorder;
                // What leaves under a legal case goes to no partner, and counts in no quota.
                if (time >= since && entry.Kind == Kind.Disclosure && !entry.Subjects.IsEmpty && entry.LegalCase is null)
                {
                    var scope = await ScopeAsync(entry.Scope, cancellationToken);
                    yield return new ReplayedDisclosure(
                        entry.Caller.Partner, entry.Purpose, scope.Record, [.. EntryPseudonyms.Of(entry.Subjects)]);
                }
            }

            if (past)
            {
                yield break;
            }

            before = from;
        }
    }

    private async ValueTask<Scope> ScopeAsync(ByteString hash, CancellationToken cancellationToken)
    {
        if (!_scopes.TryGetValue(hash, out var scope))
        {
            var bytes = await log.FindScopeAsync(hash.Memory, cancellationToken)
                ?? throw new LogUnavailableException("The disclosure log refers to a scope that it does not hold: it is damaged.");
            _scopes[hash] = scope = Scope.Parser.ParseFrom(bytes);
        }

        return scope;
    }
}

/// <summary>A disclosure as quotas see it.</summary>
/// <param name="Partner">The partner's id.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="Record">Full name of the record.</param>
/// <param name="Subjects">One for each record released; not distinct.</param>
public sealed record ReplayedDisclosure(string Partner, string Purpose, string Record, ImmutableArray<Pseudonym> Subjects);
