using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Contracts;

/// <summary>The one transform that a fields entry may name.</summary>
internal static class TransformCompiler
{
    private const int MostKept = 100;

    /// <summary>Every transform's key.</summary>
    public static ImmutableArray<string> Keys { get; } = ["keep_last", "keep_first", "year_only", "pseudonym", "bucket"];

    public static Transform? Compile(Section entry, Findings findings)
    {
        var named = Keys.Where(k => entry.Find(k) is not null).ToArray();
        foreach (var another in named.Skip(1))
        {
            findings.Error(entry.Find(another)!.Mark, $"'{another}' besides '{named[0]}'", "write one transform an entry");
        }

        if (named.Length == 0)
        {
            return null;
        }

        var node = entry.Find(named[0]);
        return named[0] switch
        {
            "keep_last" => Scalars.Whole(node, "keep_last", 1, MostKept, findings) is { } n ? new Transform.KeepLast((int)n) : null,
            "keep_first" => Scalars.Whole(node, "keep_first", 1, MostKept, findings) is { } n ? new Transform.KeepFirst((int)n) : null,
            "bucket" => Scalars.Whole(node, "bucket", 2, long.MaxValue, findings) is { } n ? new Transform.Bucket(n) : null,
            "year_only" => Scalars.Set(node, "year_only", findings) ? new Transform.YearOnly() : null,
            _ => Scalars.Set(node, "pseudonym", findings) ? new Transform.Pseudonym() : null,
        };
    }
}
