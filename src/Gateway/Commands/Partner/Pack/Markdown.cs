using System.Text;

namespace Gateway.Commands.Partner.Pack;

/// <summary>Text of others within Markdown: shown as it is, never as a heading, a link, a tag or another cell.</summary>
internal static class Markdown
{
    private const string Special = "\\`*_{}[]<>()#|!~";

    public static string Text(string text)
    {
        var plain = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (Special.Contains(c, StringComparison.Ordinal))
            {
                plain.Append('\\');
            }

            plain.Append(char.IsControl(c) ? ' ' : c);
        }

        return plain.ToString();
    }

    /// <summary>A table; the cells are Markdown already.</summary>
    public static void Table(this StringBuilder page, string[] columns, IEnumerable<string[]> rows)
    {
        page.Append("| ").AppendJoin(" | ", columns).Append(" |\n|").Append(string.Concat(Enumerable.Repeat("---|", columns.Length))).Append('\n');
        foreach (var row in rows)
        {
            page.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        }

        page.Append('\n');
    }
}
