using System.Globalization;
using Gateway.Core.Contracts;

namespace Gateway.Commands.Contracts.Processing;

/// <summary>The record of processing as cells: what the table, the page and the CSV file have in common.</summary>
internal static class RecordSheet
{
    /// <summary>Columns of an activity.</summary>
    public static string[] Columns { get; } =
    [
        "purpose (b)", "promise", "basis", "categories of data (c)", "recipient (d)", "role", "country", "contact", "transfer and safeguard (e)",
        "erasure (f)", "agreement",
    ];

    /// <summary>What each row of a CSV file holds besides, so that a row can stand alone.</summary>
    public static string[] CommonColumns { get; } =
        ["controller (a)", "representative (a)", "data protection officer (a)", "joint controllers (a)", "persons (c)", "security (g)", "revision", "made"];

    public static string[] Cells(ProcessingActivity activity, IReadOnlyList<string> area) =>
    [
        activity.Purpose, activity.Promise, activity.Basis, string.Join("; ", activity.Data.Select(Data)), activity.Recipient, activity.Role,
        activity.Country, activity.Contact, Transfer(activity, area), activity.Erasure, Agreement(activity),
    ];

    public static string[] CommonCells(ProcessingRecord record) =>
    [
        Controller(record.Controller), Contact(record.Controller.Representative), Contact(record.Controller.Officer), Joint(record.Controller),
        string.Join("; ", record.Subjects), string.Join("; ", record.Security), record.Revision, At(record.Made),
    ];

    public static string Csv(ProcessingRecord record)
    {
        var common = CommonCells(record);
        return CsvText.Of([.. Columns, .. CommonColumns], record.Activities.Select(a => (string[])[.. Cells(a, record.Area), .. common]));
    }

    public static string Controller(Controller controller) =>
        $"{controller.Name}, {controller.Address}, {controller.Country}; {controller.PrivacyContact}; {controller.SecurityContact}";

    public static string Joint(Controller controller) =>
        controller.Joint.IsEmpty ? "none" : string.Join("; ", controller.Joint.Select(j => Contact(j)));

    public static string Contact(NamedContact? contact) => contact is null ? "none" : $"{contact.Name}, {contact.Contact}";

    public static string Data(ProcessedData data) => $"{data.Category}{(data.Sensitive ? " SENSITIVE" : "")}: {string.Join(", ", data.Fields)}";

    public static string Transfer(ProcessingActivity activity, IReadOnlyList<string> area) => activity.OutsideArea
        ? $"to {activity.Country}, outside {string.Join(", ", area)}: {activity.Safeguard}"
        : $"none outside {string.Join(", ", area)}";

    public static string Agreement(ProcessingActivity activity) =>
        $"{activity.Agreement}, {Day(activity.Effective)} to {Day(activity.Expires)}{(activity.InForce ? "" : ", not in force")}";

    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
