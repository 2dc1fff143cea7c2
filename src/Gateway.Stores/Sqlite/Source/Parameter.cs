namespace Gateway.Stores.Sqlite.Source;

/// <summary>The numbers of the parameters, the same in every statement.</summary>
internal static class Parameter
{
    /// <summary>The partner's id; bound once, when the statement is prepared.</summary>
    public const int Partner = 1;

    /// <summary>A record opened after this may be open still.</summary>
    public const int OpenedAfter = 2;
    public const int OpenedAfterSecond = 3;

    /// <summary>A record closed after this is inside the window.</summary>
    public const int ClosedAfter = 4;
    public const int ClosedAfterSecond = 5;

    /// <summary>One key, or a JSON array of them.</summary>
    public const int Key = 6;

    /// <summary>Position to go on after: time text and key; and the time text to stay below.</summary>
    public const int AfterTime = 7;
    public const int AfterKey = 8;
    public const int BelowTime = 9;
    public const int Limit = 10;

    /// <summary>One subject's id.</summary>
    public const int Subject = 11;

    /// <summary>Latest opening that counts as expired.</summary>
    public const int OpenedUpTo = 4;
    public const int OpenedUpToSecond = 5;

    /// <summary>The statement of a repeated message takes nothing but the key.</summary>
    public const int ParentKey = 1;
}
