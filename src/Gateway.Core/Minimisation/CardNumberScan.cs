using System.Linq.Expressions;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using static System.Linq.Expressions.Expression;

namespace Gateway.Core.Minimisation;

/// <summary>
/// Looks for card numbers in what one grant releases, compiled. It reads every granted text of a record that holds card data (any leaf
/// under <c>user.financial.credit_card</c>), map keys and values too: where cards are, their numbers go astray. Other records are not read.
/// A token that keeps the form of a card number counts as one.
/// </summary>
public sealed class CardNumberScan
{
    private const int Nowhere = -1;

    private readonly RecordType _record;
    private readonly Func<IMessage, int>? _find;

    private CardNumberScan(RecordType record, Func<IMessage, int>? find)
    {
        _record = record;
        _find = find;
    }

    /// <summary>Compiles the grant's scan: once for each grant of a snapshot.</summary>
    public static CardNumberScan Compile(Grant grant) => Compile(grant.Record, grant.Fields.Select(f => f.Leaf));

    /// <summary>Compiles the scan of these leaves of the record.</summary>
    internal static CardNumberScan Compile(RecordType record, IEnumerable<Leaf> leaves)
    {
        var texts = record.Leaves.Any(l => Taxonomy.Covers("user.financial.credit_card", l.Category)) ? leaves.Where(HoldsText).ToArray() : [];
        return new CardNumberScan(record, texts.Length == 0 ? null : Build(record, texts).Compile());
    }

    /// <summary>True when any text of the projected record looks like a card number. The record must then not be released.</summary>
    public bool Finds(IMessage projected) => Find(projected) is not null;

    /// <summary>The first leaf that holds one, for the alarm, or null.</summary>
    public Leaf? Find(IMessage projected) => _find?.Invoke(projected) is { } index and not Nowhere ? _record.Leaves[index] : null;

    private static Expression<Func<IMessage, int>> Build(RecordType record, Leaf[] texts)
    {
        var message = Parameter(typeof(IMessage), "message");
        var found = Label(typeof(int));
        var typed = Convert(message, record.Descriptor.ClrType);
        return Lambda<Func<IMessage, int>>(Block([.. Level(texts, 0, typed, found), Label(found, Constant(Nowhere))]), message);
    }

    private static IEnumerable<Expression> Level(IReadOnlyList<Leaf> texts, int depth, Expression message, LabelTarget found)
    {
        foreach (var group in texts.GroupBy(l => l.Fields[depth]))
        {
            var value = Property(message, group.Key.PropertyName);
            Expression Below(Expression held) => Block(Level([.. group], depth + 1, held, found));
            yield return group.First() is var leaf && leaf.Fields.Count == depth + 1
                ? IfThen(Call(typeof(CardNumberScan), nameof(Holds), TypeArguments(value.Type), value), Return(found, Constant(leaf.Index)))
                : group.Key.IsRepeated
                    ? RepeatedCopy.ForEach(value, Below)
                    : ProjectionCompiler.CopyPresent(value, Below);
        }
    }

    private static bool HoldsText(Leaf leaf) => leaf.Field.IsMap
        ? leaf.Field.MessageType.Fields.InFieldNumberOrder().Any(f => f.FieldType == FieldType.String)
        : LeafKinds.Of(leaf.Field) == LeafKind.Text;

    private static System.Type[] TypeArguments(System.Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(MapField<,>) ? type.GetGenericArguments() : [];

    private static bool Holds(string? text) => CardNumberDetector.Finds(text);

    private static bool Holds(RepeatedField<string> texts)
    {
        for (var i = 0; i < texts.Count; i++)
        {
            if (CardNumberDetector.Finds(texts[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds<TKey, TValue>(MapField<TKey, TValue> map)
        where TKey : notnull
    {
        foreach (var entry in map)
        {
            if (CardNumberDetector.Finds(entry.Key as string) || CardNumberDetector.Finds(entry.Value as string))
            {
                return true;
            }
        }

        return false;
    }
}
