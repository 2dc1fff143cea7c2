using Gateway.Configuration;

namespace Gateway.Commands.Keys;

/// <summary>Every secret that a gateway holds, by where it lies.</summary>
internal static class SecretInventory
{
    /// <param name="data">The data folder.</param>
    /// <param name="certificates">The certificates folder.</param>
    public static IReadOnlyList<SecretFile> Of(DirectoryInfo data, DirectoryInfo certificates)
    {
        var folder = new DataFolder(data.ToString());
        return
        [
            SecretFile.Of("master key", folder.MasterKey, "finds and wraps subjects' keys; partners' pseudonym fields. Lost: no subject is found again"),
            SecretFile.Of("subject keys", folder.SubjectKeys, "who the pseudonyms in the log are. Keep its backups apart from the log's"),
            SecretFile.Of("log key", folder.LogKey, "that the log's checkpoints are this log's. Lost: the log cannot go on under its name"),
            .. Files(folder.TokenKeys, "*.xml").Select(f => SecretFile.Of(
                "token key", f, "page and resume tokens. Lost: partners start their lists and watches anew")),
            .. Files(certificates.ToString(), "*.key").Select(f => SecretFile.Of(Role(f), f, Protects(f))),
        ];
    }

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal) : [];

    private static string Role(string path) => Path.GetFileName(path) switch
    {
        "server.key" => "server key",
        "ca.key" => "server authority key",
        var name when name.EndsWith("-ca.key", StringComparison.Ordinal) => "authority key",
        _ => "client key",
    };

    private static string Protects(string path) => Role(path) switch
    {
        "server key" => "that partners and staff talk to this gateway and no other",
        "server authority key" => "which servers partners trust. Need not be on the gateway",
        "authority key" => "who can be a partner or staff. Need not be on the gateway",
        _ => $"that only {Path.GetFileNameWithoutExtension(path)} can act as such. Belongs to its owner; here for trying out",
    };
}
