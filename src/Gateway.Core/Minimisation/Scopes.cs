using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Minimisation;

/// <summary>
/// The scopes of one grant under one revision: what a call may release follows from grant and read mask alone, so each is built once.
/// Safe for concurrent use.
/// </summary>
public sealed class Scopes
{
    /// <summary>Narrowed scopes kept for each grant. What comes after is built for its call and forgotten, so that no caller fills memory.</summary>
    public const int MaxKept = 256;

    private readonly string _revision;
    private readonly Partner _recipient;
    private readonly Grant _grant;
    private readonly ConcurrentDictionary<FieldSet, GrantScope> _narrowed = new();
    private int _kept;

    /// <param name="revision">The snapshot's revision.</param>
    /// <param name="recipient">The partner that the grant is for.</param>
    /// <param name="grant">The grant.</param>
    public Scopes(string revision, Partner recipient, Grant grant)
    {
        _revision = revision;
        _recipient = recipient;
        _grant = grant;
        Full = Build(grant.Granted);
    }

    /// <summary>The scope of a call without a read mask.</summary>
    public GrantScope Full { get; }

    /// <summary>Narrowed scopes kept now, at most <see cref="MaxKept"/>.</summary>
    internal int Kept => Volatile.Read(ref _kept);

    /// <summary>The scope of a call that may release <paramref name="allowed"/>; leaves outside the grant have no effect.</summary>
    public GrantScope Of(FieldSet allowed)
    {
        if (allowed.Equals(_grant.Granted))
        {
            return Full;
        }

        if (_narrowed.TryGetValue(allowed, out var known))
        {
            return known;
        }

        var built = Build(allowed);
        if (Interlocked.Increment(ref _kept) > MaxKept || !_narrowed.TryAdd(allowed, built))
        {
            Interlocked.Decrement(ref _kept);
        }

        return built;
    }

    private GrantScope Build(FieldSet allowed)
    {
        var scope = new Scope
        {
            Contract = _grant.Contract,
            Revision = _revision,
            Purpose = _grant.Purpose.Key,
            Record = _grant.Record.Name,
            // So that the log alone tells by when a partner must have deleted what it got.
            DeleteAfter = Duration.FromTimeSpan(_grant.DeleteAfter),
            // So that the log alone tells a customer who got what, where and for which promise, as it was told then.
            RecipientName = _recipient.Name,
            Country = _recipient.Country,
            Safeguard = _recipient.Safeguard ?? "",
            Promise = _grant.Purpose.Promise,
        };
        var granted = _grant.Fields.ToDictionary(f => f.Leaf.Index);
        foreach (var leaf in _grant.Record.Leaves)
        {
            if (!granted.TryGetValue(leaf.Index, out var field))
            {
                scope.Withheld.Add(new Scope.Types.Withheld { Path = leaf.Path, Reason = WithheldReason.NotGranted });
            }
            else if (!allowed.Has(leaf.Index))
            {
                scope.Withheld.Add(new Scope.Types.Withheld { Path = leaf.Path, Reason = WithheldReason.NotInReadMask });
            }
            else if (field.Transform is { } transform)
            {
                scope.Transformed.Add(new Scope.Types.Transformed { Path = leaf.Path, Transform = transform.ToString() });
            }
            else
            {
                scope.Released.Add(leaf.Path);
            }
        }

        var bytes = scope.ToByteArray();
        return new GrantScope(scope, new StoredScope(SHA256.HashData(bytes), bytes));
    }
}

/// <summary>One scope, as receipts carry it and as the log stores it. Paths are in the record's order.</summary>
/// <param name="Message">Shared by all calls of this scope: never changed.</param>
/// <param name="Stored">Its exact bytes and their SHA-256.</param>
public sealed record GrantScope(Scope Message, StoredScope Stored);
