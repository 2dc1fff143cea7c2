#pragma warning disable RS0030 // This is the one place that may use Console.
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Gateway.Commands;

/// <summary>How a command prints its data.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Ndjson,
}

/// <summary>
/// The manners of the command line: data on stdout, notes on stderr, colour only on a terminal and never under NO_COLOR. The one
/// place that writes to the console.
/// </summary>
internal static class Output
{
    private static readonly JsonSerializerOptions s_compact = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions s_indented = new(s_compact) { WriteIndented = true };

    private static readonly IAnsiConsole s_data = Create(System.Console.Out, System.Console.IsOutputRedirected);
    private static readonly IAnsiConsole s_notes = Create(System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>Prints a line of data as it is: nothing wraps or colours what another program may read.</summary>
    public static void Data(string line) => System.Console.Out.WriteLine(line);

    /// <summary>Prints a Spectre table, tree or other shape as data.</summary>
    public static void Data(Spectre.Console.Rendering.IRenderable shape) => s_data.Write(shape);

    /// <summary>Prints bytes as data, unchanged.</summary>
    public static void Data(ReadOnlySpan<byte> bytes)
    {
        using var stdout = System.Console.OpenStandardOutput();
        stdout.Write(bytes);
    }

    /// <summary>Prints a note for the user on stderr.</summary>
    public static void Note(string line) => s_notes.WriteLine(line);

    /// <summary>Prints a failure and its hint on stderr.</summary>
    public static void Failure(string message, string? hint)
    {
        s_notes.MarkupLineInterpolated($"[red]error:[/] {message}");
        if (hint is not null)
        {
            s_notes.MarkupLineInterpolated($"[yellow]hint:[/] {hint}");
        }
    }

    /// <summary>A value as JSON to be read by people too.</summary>
    public static string Json<T>(T value) => JsonSerializer.Serialize(value, s_indented);

    /// <summary>
    /// Prints rows: a table, one JSON array, or one JSON object a line. <paramref name="cells"/> are text, never markup.
    /// </summary>
    public static void Rows<T>(OutputFormat format, IReadOnlyList<T> rows, string[] columns, Func<T, string[]> cells)
    {
        switch (format)
        {
            case OutputFormat.Json:
                Data(JsonSerializer.Serialize(rows, s_indented));
                break;
            case OutputFormat.Ndjson:
                foreach (var row in rows)
                {
                    Data(JsonSerializer.Serialize(row, s_compact));
                }

                break;
            default:
                var table = new Table().Border(TableBorder.Simple);
                foreach (var column in columns)
                {
                    table.AddColumn(new TableColumn(new Text(column)));
                }

                foreach (var row in rows)
                {
                    table.AddRow(cells(row).Select(c => new Text(c)));
                }

                Data(table);
                break;
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
        {
            // Not a terminal: nobody wraps, so a table's line stays one line for grep.
            console.Profile.Width = 400;
        }

        return console;
    }
}
