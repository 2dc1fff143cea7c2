using System.CommandLine;
using Grpc.Net.Client;

namespace Gateway.Commands;

/// <summary>Whose staff certificate, and which gateway: the options of every command that asks the staff listener.</summary>
/// <param name="usually">Who does this in the demo's shop, and is meant where nobody is named.</param>
internal sealed class StaffOptions(string usually = "security-analyst")
{
    private readonly Option<string> _as = CommonOptions.As(usually);
    private readonly Option<DirectoryInfo> _certificates = CommonOptions.Certificates();
    private readonly Option<string> _gateway = CommonOptions.Staff();

    public void AddTo(Command command)
    {
        command.Options.Add(_as);
        command.Options.Add(_certificates);
        command.Options.Add(_gateway);
    }

    /// <summary>The person named.</summary>
    public string Name(ParseResult parsed) => parsed.GetRequiredValue(_as);

    /// <summary>host:port.</summary>
    public string Address(ParseResult parsed) => parsed.GetRequiredValue(_gateway);

    /// <summary>A channel as that person.</summary>
    public GrpcChannel Open(ParseResult parsed) => MutualTlsChannel.Open(parsed.GetRequiredValue(_certificates), Name(parsed), Address(parsed));

    /// <summary>What reads the log's tiles as that person.</summary>
    public HttpClient OpenHttp(ParseResult parsed) => MutualTlsChannel.OpenHttp(parsed.GetRequiredValue(_certificates), Name(parsed), Address(parsed));
}
