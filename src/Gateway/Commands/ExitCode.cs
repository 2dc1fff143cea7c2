namespace Gateway.Commands;

/// <summary>What the process tells its caller. Fixed: scripts depend on it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int InvalidConfiguration = 3;
    public const int CheckFailed = 4;
    public const int CannotConnect = 6;
    public const int Refused = 7;
}
