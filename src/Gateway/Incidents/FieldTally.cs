using Gateway.Core.Annotations;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;

namespace Gateway.Incidents;

/// <summary>Counts the fields that records were released with.</summary>
internal sealed class FieldTally(Catalogue catalogue)
{
    /// <summary>Scopes whose fields are kept at hand.</summary>
    private const int Remembered = 1000;

    private readonly Dictionary<(string Record, string Path), ReleasedField> _fields = [];
    private readonly Dictionary<Scope, (List<ReleasedField> Released, List<ReleasedField> Transformed)> _byScope = new(ReferenceEqualityComparer.Instance);

    /// <summary>By category, record and path.</summary>
    public IEnumerable<ReleasedField> Fields => _fields.Values.OrderBy(f => f.Category, StringComparer.Ordinal)
        .ThenBy(f => f.Record, StringComparer.Ordinal).ThenBy(f => f.Path, StringComparer.Ordinal);

    /// <summary>Adds an answer of so many records.</summary>
    public void Add(Scope scope, int records)
    {
        if (!_byScope.TryGetValue(scope, out var fields))
        {
            if (_byScope.Count >= Remembered)
            {
                _byScope.Clear();
            }

            _byScope[scope] = fields = (
                [.. scope.Released.Select(p => Field(scope.Record, p))], [.. scope.Transformed.Select(t => Field(scope.Record, t.Path))]);
        }

        fields.Released.ForEach(f => f.Records += records);
        fields.Transformed.ForEach(f => f.RecordsTransformed += records);
    }

    private ReleasedField Field(string record, string path)
    {
        if (_fields.TryGetValue((record, path), out var known))
        {
            return known;
        }

        var leaf = catalogue.Records.GetValueOrDefault(record)?.FindLeaf(path);
        return _fields[(record, path)] = new ReleasedField
        {
            Record = record, Path = path, Category = leaf?.Category ?? "", Sensitive = leaf?.Sensitive ?? false,
        };
    }
}
