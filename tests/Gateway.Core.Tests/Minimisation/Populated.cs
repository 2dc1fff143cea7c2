using System.Collections;
using System.Globalization;
using Gateway.Core.Annotations;
using Google.Protobuf;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>What a message holds, by reflection over descriptors: the oracle of the minimiser's tests.</summary>
internal static class Populated
{
    /// <summary>
    /// One line for each populated leaf value, <c>items[1].sku = …</c>, and for each message that is there, <c>items[1]</c>; of the
    /// leaves in <paramref name="leaves"/> and the messages above them only, each value as <paramref name="change"/> gives it.
    /// </summary>
    public static SortedSet<string> Lines(IMessage message, IReadOnlyCollection<Leaf> leaves, Func<Leaf, object, object>? change = null)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var leaf in leaves)
        {
            Walk(message, leaf, 0, "", lines, change ?? ((_, value) => value));
        }

        return lines;
    }

    private static void Walk(IMessage message, Leaf leaf, int depth, string above, SortedSet<string> lines, Func<Leaf, object, object> change)
    {
        var field = leaf.Fields[depth];
        var value = field.Accessor.GetValue(message);
        var path = above + field.Name;
        if (depth == leaf.Fields.Count - 1)
        {
            AddLeaf(message, leaf, value, path, lines, change);
        }
        else if (field.IsRepeated)
        {
            foreach (var (element, i) in ((IList)value).Cast<IMessage>().Select((e, i) => (e, i)))
            {
                lines.Add($"{path}[{i}]");
                Walk(element, leaf, depth + 1, $"{path}[{i}].", lines, change);
            }
        }
        else if (value is IMessage held)
        {
            lines.Add(path);
            Walk(held, leaf, depth + 1, path + ".", lines, change);
        }
    }

    private static void AddLeaf(
        IMessage message, Leaf leaf, object? value, string path, SortedSet<string> lines, Func<Leaf, object, object> change)
    {
        var field = leaf.Field;
        if (field.IsMap)
        {
            foreach (DictionaryEntry entry in (IDictionary)value!)
            {
                lines.Add($"{path}[{Text(entry.Key)}] = {Text(entry.Value!)}");
            }
        }
        else if (field.IsRepeated)
        {
            foreach (var (element, i) in ((IList)value!).Cast<object>().Select((e, i) => (e, i)))
            {
                lines.Add($"{path}[{i}] = {Text(change(leaf, element))}");
            }
        }
        else if (field.HasPresence ? field.Accessor.HasValue(message) : Text(change(leaf, value!)) is not ("" or "0" or "False"))
        {
            lines.Add($"{path} = {Text(change(leaf, value!))}");
        }
    }

    private static string Text(object value) => value switch
    {
        ByteString bytes => bytes.ToBase64(),
        System.Enum number => System.Convert.ToInt32(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        // Down to the bits: -0 and NaN too.
        double number => BitConverter.DoubleToInt64Bits(number).ToString(CultureInfo.InvariantCulture),
        float number => BitConverter.SingleToInt32Bits(number).ToString(CultureInfo.InvariantCulture),
        IMessage message => Known(message),
        _ => System.Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Known(IMessage message) => "{" + string.Join(", ", message.Descriptor.Fields.InFieldNumberOrder()
        .Select(f => f.Name + ": " + Any(f.Accessor.GetValue(message)))) + "}";

    private static string Any(object? value) => value switch
    {
        null => "-",
        IDictionary map => "{" + string.Join(", ", map.Keys.Cast<object>().Select(k => Text(k) + ": " + Text(map[k]!)).Order(StringComparer.Ordinal)) + "}",
        IList list => "[" + string.Join(", ", list.Cast<object>().Select(Text)) + "]",
        _ => Text(value),
    };
}
