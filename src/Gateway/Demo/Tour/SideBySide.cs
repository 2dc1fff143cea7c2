using System.Collections;
using System.Globalization;
using Gateway.Core.Annotations;
using Gateway.Calls;
using Gateway.Protos.Type.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace Gateway.Demo.Tour;

/// <summary>What each partner got of the same order, field by field; what it did not get, and why.</summary>
internal static class SideBySide
{
    public static Table Draw(IReadOnlyList<TourAnswer> answers)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("field");
        foreach (var answer in answers)
        {
            table.AddColumn(new TableColumn(new Text($"{answer.Partner}\n{answer.Scope!.Record.Split('.')[^1]}")));
        }

        foreach (var path in answers.SelectMany(Paths).Distinct(StringComparer.Ordinal))
        {
            table.AddRow(answers.Select(a => Cell(a, path)).Prepend(new Text(path)));
        }

        return table;
    }

    private static IEnumerable<string> Paths(TourAnswer answer) => Type(answer).Leaves.Select(l => l.Path);

    private static RecordType Type(TourAnswer answer) => PartnerServices.Catalogue.Records[answer.Scope!.Record];

    private static Text Cell(TourAnswer answer, string path)
    {
        if (Type(answer).FindLeaf(path) is not { } leaf)
        {
            return new Text("");
        }

        if (answer.Scope!.Withheld.Any(w => w.Path == path))
        {
            return new Text("withheld: not granted", new Style(Color.Grey));
        }

        var value = Value(answer.Record!, leaf);
        var transform = answer.Scope.Transformed.FirstOrDefault(t => t.Path == path)?.Transform;
        return transform is null
            ? new Text(value, new Style(Color.Green))
            : new Text($"{value}  ({transform})", new Style(Color.Yellow));
    }

    private static string Value(IMessage record, Leaf leaf)
    {
        IEnumerable<object?> at = [record];
        foreach (var field in leaf.Fields)
        {
            at = at.OfType<IMessage>().SelectMany(m => field.Accessor.GetValue(m) switch
            {
                IEnumerable many and not string => many.Cast<object?>(),
                var one => [one],
            });
        }

        return string.Join(", ", at.Select(Text));
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        Money money => string.Create(CultureInfo.InvariantCulture, $"{money.Units + (money.Nanos / 1_000_000_000m):0.00} {money.CurrencyCode}"),
        Timestamp time => time.ToDateTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
