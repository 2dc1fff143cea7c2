using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>One file of the contracts folder, as bytes: Core knows no file system.</summary>
/// <param name="Name">File name without folder: <c>policy.yaml</c>, <c>northgate-warehouse.yaml</c>.</param>
/// <param name="Bytes">The exact bytes.</param>
public sealed record ContractFile(string Name, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The file that holds the policy.</summary>
    public const string Policy = "policy.yaml";

    /// <summary>The file that says who the staff are. No part of a revision: staff come and go without a contract changing.</summary>
    public const string Staff = "staff.yaml";

    /// <summary>Largest file that is read, bytes.</summary>
    public const int MaxBytes = YamlReader.MaxBytes;

    /// <summary>The one extension that is read.</summary>
    public const string Extension = ".yaml";
}
