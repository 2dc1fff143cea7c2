using System.CommandLine;
using System.Globalization;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Contracts;

/// <summary>A call of the obligation service as a member of staff: the options that its commands share, and how what is owed is printed.</summary>
internal sealed class ObligationCall() : StaffClient<ObligationService.ObligationServiceClient>(
    "privacy-officer", "may not see what partners owe: that is for staff with the role privacy.", channel => new(channel))
{
    private static readonly string[] s_columns = ["partner", "purpose", "releases", "records", "oldest delete-by", "latest", "whom to ask"];

    public ObligationCall AddTo(Command command)
    {
        AddOptions(command);
        return this;
    }

    public static void PrintTable(IEnumerable<Owed> owed) => Output.Rows(OutputFormat.Table, [.. owed.Select(Row)], s_columns, r =>
    [
        r.Partner, r.Purpose, r.Releases.ToString(CultureInfo.InvariantCulture), r.Records.ToString(CultureInfo.InvariantCulture), r.Oldest, r.Latest,
        r.PrivacyContact.Length > 0 ? $"{r.Name}, {r.PrivacyContact}" : r.Name,
    ]);

    public static OwedRow Row(Owed owed) => new(
        owed.Partner, owed.Name, owed.PrivacyContact, owed.Purpose, owed.Entries, owed.Records, ErasureCall.At(owed.Oldest), ErasureCall.At(owed.Latest));

    public static void Note(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Output.Note(warning);
        }
    }

    internal sealed record OwedRow(
        string Partner, string Name, string PrivacyContact, string Purpose, long Releases, long Records, string Oldest, string Latest);
}
