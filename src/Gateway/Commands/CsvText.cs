using System.Text;

namespace Gateway.Commands;

/// <summary>
/// Rows as RFC 4180 text: every cell in quotes, lines end in CR LF. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe: names in contracts are other people's text.
/// </summary>
internal static class CsvText
{
    // As they are, and in the full-width forms that spreadsheets take for the same.
    private const string Formula = "=+-@\t\r\n＝＋－＠";

    public static string Of(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(columns))
        {
            text.AppendJoin(',', row.Select(Cell)).Append("\r\n");
        }

        return text.ToString();
    }

    private static string Cell(string value)
    {
        // A spreadsheet passes over spaces before a formula.
        var first = value.TrimStart(' ', '\u00A0');
        var plain = first.Length > 0 && Formula.Contains(first[0], StringComparison.Ordinal) ? "'" + value : value;
        return $"\"{plain.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
