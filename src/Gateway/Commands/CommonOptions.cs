using System.CommandLine;

namespace Gateway.Commands;

/// <summary>Options that many commands share, so that they mean the same everywhere. Each call makes a new instance.</summary>
internal static class CommonOptions
{
    public static Option<OutputFormat> Format() => new("--output", "-o")
    {
        Description = "How to print: table, json or ndjson.",
        DefaultValueFactory = _ => OutputFormat.Table,
    };

    public static Option<string> As(string? fallback) => new("--as")
    {
        Description = "Whose certificate to use: NAME.pem and NAME.key in the certificates folder.",
        DefaultValueFactory = fallback is null ? null : _ => fallback,
        Required = fallback is null,
    };

    public static Option<DirectoryInfo> Certificates() => new("--certs")
    {
        Description = "Folder of the certificates. Default: Gateway__Certificates, else certs-dev.",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("Gateway__Certificates") ?? "certs-dev"),
    };

    public static Option<string> Partners() => new("--gateway")
    {
        Description = "Address of the partner listener, host:port.",
        DefaultValueFactory = _ => "localhost:8443",
    };

    public static Option<string> Staff() => new("--gateway")
    {
        Description = "Address of the staff listener, host:port.",
        DefaultValueFactory = _ => "localhost:8444",
    };
}
