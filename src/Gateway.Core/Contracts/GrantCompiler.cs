using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Contracts;

/// <summary>One entry of <c>grants</c> → <see cref="Grant"/>.</summary>
/// <param name="policy">What is known of the policy.</param>
/// <param name="catalogue">Records and methods there are.</param>
/// <param name="findings">Where errors go.</param>
/// <param name="granted">Methods that the contract's grants before this one hold, by purpose; added to.</param>
internal sealed class GrantCompiler(
    CompiledPolicy policy, Catalogue catalogue, Findings findings, Dictionary<(string Purpose, string Method), Mark> granted)
{
    internal const int MostCallsPerSecond = 1_000_000;
    private const int MostSubjectsPerDay = 100_000_000;
    private const int MostMissesPerMinute = 1_000_000;
    private const int DefaultMissesPerMinute = 120;

    private static int s_last;

    /// <summary>The record, once compiled; null where the grant names none that exists.</summary>
    public RecordType? Record { get; private set; }

    /// <summary>Where the record is named.</summary>
    public Mark RecordAt { get; private set; }

    public Grant? Compile(YamlNode node, string contract, string partner)
    {
        if (Section.Of(node, "the grant", findings,
            "purpose", "basis", "record", "methods", "fields", "window", "max_open", "delete_after", "limits") is not { } section)
        {
            return null;
        }

        var purpose = PurposeCompiler.PurposeOf(section, policy, findings);
        var basis = PurposeCompiler.BasisOf(section, purpose, findings);
        Record = RecordOf(section);
        var purposeKey = (section.Find("purpose") as YamlScalar)?.Text;
        var methods = Methods(section, purposeKey);
        var fields = new FieldsCompiler(policy, purposeKey, purpose, findings).Compile(section, Record, methods);
        var window = Scalars.Duration(section.Require("window", "30d"), "window", zero: true, findings);
        var maxOpen = Scalars.Duration(section.Require("max_open", "90d"), "max_open", zero: false, findings);
        var deleteAfter = Scalars.Duration(section.Require("delete_after", "30d"), "delete_after", zero: false, findings);
        var limits = LimitsOf(section);
        if (purpose is null || basis is null || Record is null || window is null || maxOpen is null || deleteAfter is null)
        {
            return null;
        }

        PermissionCheck.Check(purpose, basis.Value, Record, policy, RecordAt, findings);
        return new Grant
        {
            Id = Interlocked.Increment(ref s_last),
            Contract = contract,
            Partner = partner,
            Purpose = purpose,
            Basis = basis.Value,
            Record = Record,
            Methods = methods.Select(m => m.FullName).ToFrozenSet(StringComparer.Ordinal),
            Fields = fields,
            Granted = FieldSet.Of(Record, fields.Select(f => f.Leaf)),
            Window = window.Value,
            MaxOpen = maxOpen.Value,
            DeleteAfter = deleteAfter.Value,
            Limits = limits,
        };
    }

    private RecordType? RecordOf(Section grant)
    {
        var node = grant.Require("record", "gateway.fulfilment.v1.Shipment");
        RecordAt = node?.Mark ?? grant.Mark;
        if (Scalars.Text(node, "record", findings) is not { } name)
        {
            return null;
        }

        if (catalogue.Records.TryGetValue(name, out var record))
        {
            return record;
        }

        findings.Error(RecordAt, $"there is no record {Findings.Quote(name)}", Suggestion.Or(name, catalogue.Records.Keys,
            "write one of: " + string.Join(", ", catalogue.Records.Keys.Order(StringComparer.Ordinal))));
        return null;
    }

    private List<ServiceMethod> Methods(Section grant, string? purpose)
    {
        var methods = new List<ServiceMethod>();
        foreach (var node in grant.RequireList("methods", "[GetShipment]"))
        {
            if (Scalars.Text(node, "methods", findings) is not { } name || Record is null)
            {
                continue;
            }

            var known = catalogue.MethodsOf(Record);
            if (known.FirstOrDefault(m => m.Name == name) is not { } method)
            {
                findings.Error(node.Mark, $"{Record.Name} has no method {Findings.Quote(name)}",
                    Suggestion.Or(name, known.Select(m => m.Name), "write one of: " + string.Join(", ", known.Select(m => m.Name))));
            }
            else if (purpose is not null && !granted.TryAdd((purpose, method.FullName), node.Mark))
            {
                findings.Error(node.Mark, $"{name} is granted twice for {purpose}, first at {granted[(purpose, method.FullName)].Place}",
                    "merge the two, or remove it from one");
            }
            else
            {
                methods.Add(method);
            }
        }

        return methods;
    }

    private Limits LimitsOf(Section grant)
    {
        var section = Section.Of(grant.Find("limits"), "the limits", findings, "calls_per_second", "subjects_per_day", "misses_per_minute");
        var calls = Scalars.Whole(section?.Find("calls_per_second"), "calls_per_second", 1, MostCallsPerSecond, findings);
        var subjects = Scalars.Whole(section?.Find("subjects_per_day"), "subjects_per_day", 1, MostSubjectsPerDay, findings);
        var misses = Scalars.Whole(section?.Find("misses_per_minute"), "misses_per_minute", 1, MostMissesPerMinute, findings);
        return new Limits((int?)calls, (int?)subjects, (int)(misses ?? DefaultMissesPerMinute));
    }
}
