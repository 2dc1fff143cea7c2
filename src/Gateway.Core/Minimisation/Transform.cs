namespace Gateway.Core.Minimisation;

/// <summary>How a granted leaf is changed before it leaves. The closed set that contracts can name.</summary>
public abstract record Transform
{
    private Transform()
    {
    }

    /// <summary>The last <paramref name="Count"/> text elements; empty when the text has that many or fewer.</summary>
    public sealed record KeepLast(int Count) : Transform
    {
        public override string ToString() => $"keep_last: {Count}";
    }

    /// <summary>The first <paramref name="Count"/> text elements; empty when the text has that many or fewer.</summary>
    public sealed record KeepFirst(int Count) : Transform
    {
        public override string ToString() => $"keep_first: {Count}";
    }

    /// <summary>The first instant of a timestamp's year, UTC.</summary>
    public sealed record YearOnly : Transform
    {
        public override string ToString() => "year_only: true";
    }

    /// <summary>22 characters of base64url, an HMAC under a key of the partner: stable for it, meaningless to others.</summary>
    public sealed record Pseudonym : Transform
    {
        public override string ToString() => "pseudonym: true";
    }

    /// <summary>Rounded down to a multiple of <paramref name="Size"/>; of whole units for Money.</summary>
    public sealed record Bucket(long Size) : Transform
    {
        public override string ToString() => $"bucket: {Size}";
    }
}
