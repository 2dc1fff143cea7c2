namespace Gateway.Commands.Log;

/// <summary>An entry in a sentence, for who does not know the log.</summary>
internal static class EntrySentence
{
    public static string Of(LogRow row) => row.Administration is { } act
        ? $"At {row.TimeText}, {act.Actor} did {act.Action}{(act.Target.Length > 0 ? $" ({act.Target})" : "")}{(act.Reason.Length > 0 ? $", because: {act.Reason}" : "")}."
        : row.Kind == "refusal"
            ? $"At {row.TimeText}, {row.Partner} called {row.Method} and was refused: {row.Decision}. No data was given."
            : $"At {row.TimeText}, {row.Partner} was given {Records(row.Records.Count)} through {row.Method}{(row.Purpose is { } purpose ? $" for {purpose}" : "")}.";

    private static string Records(int count) => count switch
    {
        0 => "no record",
        1 => "one record",
        _ => $"{count} records",
    };
}
