namespace Gateway.Core.Telemetry;

/// <summary>Names of the step spans, in the order of the call.</summary>
public static class Steps
{
    public const string Authorize = "authorize";
    public const string Admit = "admit";
    public const string Fetch = "fetch";
    public const string Permit = "permit";
    public const string Reserve = "reserve";
    public const string Minimise = "minimise";
    public const string Record = "record";
    public const string Respond = "respond";
}
