using System.Collections.Concurrent;
using Gateway.Calls;
using Gateway.Core.Annotations;
using Gateway.Demo.Shop;
using Gateway.Tests.Running;

namespace Gateway.Tests.Wire;

/// <summary>What a call should end in.</summary>
/// <param name="Reason">The refusal's reason; empty where records may be released.</param>
/// <param name="Grant">The grant it runs under.</param>
/// <param name="Allowed">The paths it may release.</param>
internal sealed record OracleDecision(string Reason, OracleGrant? Grant, IReadOnlySet<string>? Allowed);

/// <summary>The second opinion: contracts, shop and key as files, and from them what each call should give.</summary>
internal sealed class OracleGateway
{
    private readonly IReadOnlyList<OracleGrant> _grants;
    private readonly OraclePermissions _permissions;
    private readonly Dictionary<string, (OracleRecord Record, List<OracleRow> Rows)> _records = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Record, string Partner, string Purpose), IReadOnlyList<OracleRow>> _available = new();

    /// <param name="gateway">Whose files.</param>
    /// <param name="contracts">Other contracts than the gateway's own; null for those.</param>
    public OracleGateway(RunningGateway gateway, DirectoryInfo? contracts = null)
    {
        Now = TimeProvider.System.GetUtcNow();
        _grants = OracleContracts.Read(contracts ?? gateway.Settings.Contracts);
        Transforms = new OracleTransforms(Convert.FromBase64String(File.ReadAllText(gateway.Settings.Data.MasterKey).Trim().Split(':')[1]));
        using var shop = DemoShop.Open(gateway.Settings.Data.Shop);
        _permissions = new OraclePermissions(shop, OracleContracts.Lists(gateway.Settings.Contracts));
        foreach (var type in Methods.Select(m => RecordOf(m).Descriptor).Distinct())
        {
            var record = new OracleRecord(type);
            _records.Add(type.FullName, (record, OracleShop.Read(shop, record.Source, record.Key, record.Repeated)));
        }
    }

    /// <summary>The methods that serve records.</summary>
    public static IReadOnlyList<ServiceMethod> Methods { get; } =
        [.. PartnerServices.Catalogue.Methods.Values.Where(m => m.Record is not null).OrderBy(m => m.FullName, StringComparer.Ordinal)];

    public DateTimeOffset Now { get; }

    public OracleTransforms Transforms { get; }

    public OracleRecord Record(ServiceMethod method) => _records[RecordOf(method).Name].Record;

    public IReadOnlyList<OracleRow> Rows(ServiceMethod method) => _records[RecordOf(method).Name].Rows;

    /// <summary>All that a partner is granted for the method's record, whatever the purpose.</summary>
    public IEnumerable<OracleGrant> Grants(ServiceMethod method) => _grants.Where(g => g.Record == RecordOf(method).Name);

    /// <summary>The grants of one partner that name the method.</summary>
    public OracleGrant[] Grants(ServiceMethod method, string partner) =>
        [.. Grants(method).Where(g => g.Partner == partner && g.Methods.Contains(method.Name, StringComparer.Ordinal))];

    public OracleDecision Decide(string partner, ServiceMethod method, string? purpose, string? mask)
    {
        var grants = Grants(method, partner);
        if (grants.Length == 0)
        {
            return new OracleDecision("METHOD_NOT_GRANTED", null, null);
        }

        if (purpose is null && grants.Length > 1)
        {
            return new OracleDecision("PURPOSE_REQUIRED", null, null);
        }

        if (grants.SingleOrDefault(g => purpose is null || g.Purpose == purpose) is not { } grant)
        {
            return new OracleDecision("PURPOSE_NOT_GRANTED", null, null);
        }

        return Record(method).Allowed(grant, mask) is { } allowed
            ? new OracleDecision("", grant, allowed)
            : new OracleDecision("INVALID_REQUEST", grant, null);
    }

    /// <summary>The rows that the grant's partner may have, as pages and streams order them.</summary>
    public IReadOnlyList<OracleRow> Available(ServiceMethod method, OracleGrant grant) => _available.GetOrAdd((method.Record!.Name, grant.Partner, grant.Purpose), _ => [.. Rows(method)
        .Where(r => OracleRecord.IsAvailable(r, grant, Now) && _permissions.Allow(r, Record(method).Permission, grant, Now))
        .OrderBy(r => r.UpdatedAt).ThenBy(r => r.Text(Record(method).Key), StringComparer.Ordinal)]);

    public SortedSet<string> Lines(ServiceMethod method, OracleRow row, OracleDecision decision) =>
        Record(method).Lines(row, decision.Grant!, decision.Allowed!, Transforms);

    /// <summary>
    /// One row of every kind: whose it is, open or closed, inside or beyond each grant's windows, near a window's end, and the shop's
    /// own status.
    /// </summary>
    public IReadOnlyList<OracleRow> Samples(ServiceMethod method, Func<OracleRow, string> status)
    {
        var grants = Grants(method).ToArray();
        return [.. Rows(method)
            .GroupBy(row => $"{row.Recipient}|{status(row)}|{string.Join('|', grants.Select(g => Kind(method, row, g)))}", StringComparer.Ordinal)
            .Select(g => g.First())];
    }

    private string Kind(ServiceMethod method, OracleRow row, OracleGrant grant)
    {
        var (state, end) = row.ClosedAt is { } closed ? ("closed", closed + grant.Window) : ("open", row.OpenedAt + grant.MaxOpen);
        return $"{state} {(end > Now ? "inside" : "beyond")} {((end - Now).Duration() < TimeSpan.FromHours(2) ? "narrowly" : "")} {_permissions.Allow(row, Record(method).Permission, grant, Now)}";
    }

    private static RecordType RecordOf(ServiceMethod method) => method.Record!;
}
