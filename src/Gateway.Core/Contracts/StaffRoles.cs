using System.Collections.Frozen;

namespace Gateway.Core.Contracts;

/// <summary>What each role of the staff allows. The one place that says it.</summary>
public static class StaffRoles
{
    private static readonly FrozenDictionary<StaffRole, StaffPermission[]> s_allowed = new Dictionary<StaffRole, StaffPermission[]>
    {
        [StaffRole.Security] =
            [StaffPermission.ReadPartners, StaffPermission.ChangeStanding, StaffPermission.ReadLog, StaffPermission.ReadTraces],
        [StaffRole.Privacy] =
        [
            StaffPermission.ReadPartners, StaffPermission.ReadContracts, StaffPermission.ReadLog, StaffPermission.Reidentify,
            StaffPermission.EraseSubjects, StaffPermission.ArchiveLog, StaffPermission.HandleRequests, StaffPermission.ReadCases,
            StaffPermission.ApproveCases,
        ],
        [StaffRole.Operations] =
            [StaffPermission.ReadPartners, StaffPermission.ChangeStanding, StaffPermission.ReadContracts],
        [StaffRole.Legal] = [StaffPermission.ReadCases, StaffPermission.OpenCases, StaffPermission.ApproveCases],
    }.ToFrozenDictionary();

    /// <summary>Roles by the name that <c>staff.yaml</c> gives them.</summary>
    internal static FrozenDictionary<string, StaffRole> ByName { get; } =
        Enum.GetValues<StaffRole>().ToFrozenDictionary(r => r.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>What these roles allow together.</summary>
    public static FrozenSet<StaffPermission> Allow(IEnumerable<StaffRole> roles) => roles.SelectMany(r => s_allowed[r]).ToFrozenSet();
}
