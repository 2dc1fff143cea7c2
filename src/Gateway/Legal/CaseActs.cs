using System.Globalization;
using System.Security.Cryptography;
using Gateway.Core.Legal;

namespace Gateway.Legal;

/// <summary>Acts on cases beside <see cref="CaseAct.Actions"/>, as the log's administration entries name them; their target is the case's id.</summary>
internal static class CaseActs
{
    /// <summary>Follows the act that a rule refused: <c>legal.approve.refused</c>.</summary>
    public const string Refused = ".refused";
}

/// <summary>Ids of cases: random, so that no id comes back when a store begins anew.</summary>
internal static class CaseIds
{
    public static string New(DateTimeOffset now, CaseBook book)
    {
        string id;
        do
        {
            id = string.Create(CultureInfo.InvariantCulture, $"legal-{now.UtcDateTime.Year}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        }
        while (book.Find(id) is not null);
        return id;
    }
}
