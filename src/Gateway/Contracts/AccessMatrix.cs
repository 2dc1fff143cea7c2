using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Core.Statistics;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Statistics.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Contracts;

/// <summary>Partner × purpose × record × category: what the contracts in force grant, and what answers released.</summary>
internal sealed class AccessMatrix(Catalogue catalogue)
{
    /// <summary>Stands for fields that no record has any more.</summary>
    public const string Other = "_OTHER";

    private static readonly string s_table = GetStatisticsResponse.Descriptor.FullName;

    private readonly Dictionary<(string Partner, string Purpose, string Record, string Category), Access> _accesses = [];

    /// <summary>Every row so far, in order.</summary>
    public IEnumerable<Access> Rows => _accesses.OrderBy(a => a.Key.Partner, StringComparer.Ordinal).ThenBy(a => a.Key.Purpose, StringComparer.Ordinal)
        .ThenBy(a => a.Key.Record, StringComparer.Ordinal).ThenBy(a => a.Key.Category, StringComparer.Ordinal).Select(a => a.Value);

    /// <summary>Adds what the contracts in force grant.</summary>
    public void AddGranted(Snapshot snapshot, DateTimeOffset now)
    {
        foreach (var contract in snapshot.Contracts.Where(c => c.IsInForce(now)))
        {
            foreach (var grant in contract.Grants)
            {
                foreach (var field in grant.Fields)
                {
                    var access = Of(contract.Partner.Id, grant.Purpose.Key, grant.Record.Name, field.Leaf.Category);
                    access.PartnerName = contract.Partner.Name;
                    access.Granted.Add(field.Transform is null ? field.Leaf.Path : $"{field.Leaf.Path} ({field.Transform})");
                    access.Sensitive |= field.Leaf.Sensitive;
                }
            }

            AddGranted(contract);
        }
    }

    /// <summary>Adds answers under one scope.</summary>
    public void AddUsed(string partner, Scope scope, long answers, DateTimeOffset last)
    {
        var record = catalogue.Records.GetValueOrDefault(scope.Record);
        var released = scope.Record == s_table
            ? LogFilter.ReleasedBy(scope).SelectMany(told => Counted(told).Select(category => (Path: told, Category: category)))
            : LogFilter.ReleasedBy(scope).Select(path => (Path: path, Category: record?.FindLeaf(path)?.Category ?? Other));
        foreach (var paths in released.GroupBy(p => p.Category, p => p.Path, StringComparer.Ordinal))
        {
            var access = Of(partner, scope.Purpose, scope.Record, paths.Key);
            access.Answers += answers;
            access.Last = access.Last is { } before && before.ToDateTimeOffset() > last ? before : Timestamp.FromDateTimeOffset(last);
            access.Released.Add(paths.Except(access.Released, StringComparer.Ordinal));
        }
    }

    // Tables of statistics stand in the place of a record.
    private void AddGranted(Contract contract)
    {
        if (contract.Statistics is not { } terms)
        {
            return;
        }

        foreach (var figure in terms.Figures)
        {
            foreach (var category in figure.Categories)
            {
                var access = Of(contract.Partner.Id, terms.Purpose.Key, s_table, category);
                access.PartnerName = contract.Partner.Name;
                access.Granted.Add(terms.TextOf(figure));
            }
        }
    }

    /// <summary>The categories of a figure as a scope tells it: <c>visitors by country, months</c>.</summary>
    private static IEnumerable<string> Counted(string told)
    {
        var words = told.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return Menu.Find(words.FirstOrDefault("")) is not { } menu ? [Other]
            : words.Contains(Menu.NameOf(Dimension.Country), StringComparer.Ordinal) ? [menu.Category, Menu.CountryCategory] : [menu.Category];
    }

    private Access Of(string partner, string purpose, string record, string category)
    {
        if (!_accesses.TryGetValue((partner, purpose, record, category), out var access))
        {
            access = new Access { Partner = partner, Purpose = purpose, Record = record, Category = category };
            _accesses.Add((partner, purpose, record, category), access);
        }

        return access;
    }
}
