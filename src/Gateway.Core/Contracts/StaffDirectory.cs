using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Identity;

namespace Gateway.Core.Contracts;

/// <summary>Who the staff are and what each may do: <c>staff.yaml</c> compiled. Immutable.</summary>
public sealed class StaffDirectory(ImmutableArray<StaffMember> members)
{
    private readonly FrozenDictionary<SpiffeId, StaffMember> _byUri = members.ToFrozenDictionary(m => m.Uri);

    /// <summary>Everyone, in the order of the file.</summary>
    public ImmutableArray<StaffMember> Members { get; } = members;

    /// <summary>The member with this SPIFFE ID, or null.</summary>
    public StaffMember? Find(SpiffeId uri) => _byUri.GetValueOrDefault(uri);
}

/// <summary>One member of staff.</summary>
/// <param name="Id">What log entries call the person.</param>
/// <param name="Name">For people to read.</param>
/// <param name="Uri">The SPIFFE ID of the person's certificate.</param>
/// <param name="Permissions">What the person's roles allow together.</param>
/// <param name="Roles">The person's roles.</param>
public sealed record StaffMember(
    string Id, string Name, SpiffeId Uri, FrozenSet<StaffRole> Roles, FrozenSet<StaffPermission> Permissions)
{
    /// <summary>True where one of the roles allows it.</summary>
    public bool May(StaffPermission permission) => Permissions.Contains(permission);
}

/// <summary>A role of <c>staff.yaml</c>; <see cref="StaffRoles"/> says what each allows.</summary>
public enum StaffRole
{
    Security,
    Privacy,
    Operations,
    Legal,
}

/// <summary>What staff can be allowed to do.</summary>
public enum StaffPermission
{
    /// <summary>See partners, their standing, connections, keys and limits used.</summary>
    ReadPartners,

    /// <summary>Suspend, resume, revoke.</summary>
    ChangeStanding,

    /// <summary>See contracts and their revisions.</summary>
    ReadContracts,

    /// <summary>Read the disclosure log.</summary>
    ReadLog,

    /// <summary>Read traces of calls.</summary>
    ReadTraces,

    /// <summary>Turn pseudonyms of the disclosure log back into the shop's ids of persons.</summary>
    Reidentify,

    /// <summary>Forget a person, hold or release what is kept about one.</summary>
    EraseSubjects,

    /// <summary>Prune what was archived from the front of the disclosure log.</summary>
    ArchiveLog,

    /// <summary>See, resolve and extend customers' requests; see and confirm what partners have to delete.</summary>
    HandleRequests,

    /// <summary>See cases of disclosure on legal grounds.</summary>
    ReadCases,

    /// <summary>Open such a case, and release what was approved.</summary>
    OpenCases,

    /// <summary>Approve or review such a case. Two different people must.</summary>
    ApproveCases,
}
