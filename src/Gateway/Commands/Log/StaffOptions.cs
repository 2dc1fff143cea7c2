using System.CommandLine;

namespace Gateway.Commands.Log;

/// <summary>Whose certificate, and which gateway.</summary>
internal sealed class StaffOptions
{
    private readonly Option<string> _as = CommonOptions.As("security-analyst");
    private readonly Option<DirectoryInfo> _certificates = CommonOptions.Certificates();
    private readonly Option<string> _gateway = CommonOptions.Staff();

    public void AddTo(Command command)
    {
        command.Options.Add(_as);
        command.Options.Add(_certificates);
        command.Options.Add(_gateway);
    }

    public Grpc.Net.Client.GrpcChannel Open(ParseResult parsed) => MutualTlsChannel.Open(
        parsed.GetRequiredValue(_certificates), parsed.GetRequiredValue(_as), parsed.GetRequiredValue(_gateway));
}
