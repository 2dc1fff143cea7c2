using System.Linq.Expressions;
using Google.Protobuf.Collections;
using static System.Linq.Expressions.Expression;

namespace Gateway.Core.Minimisation;

/// <summary>Copies of repeated fields and maps, element by element into the answer's own collection.</summary>
internal static class RepeatedCopy
{
    /// <summary>Adds the copy of each element; both sides are <see cref="RepeatedField{T}"/> of one type.</summary>
    public static Expression Each(Expression source, Expression answer, Func<Expression, Expression> copy)
    {
        var from = Variable(source.Type, "from");
        var to = Variable(answer.Type, "to");
        var add = to.Type.GetMethod(nameof(RepeatedField<int>.Add), source.Type.GetGenericArguments())!;
        var count = Property(from, nameof(RepeatedField<int>.Count));
        return Block(
            [from, to],
            Assign(from, source),
            IfThen(
                GreaterThan(count, Constant(0)),
                Block(
                    Assign(to, answer),
                    Assign(Property(to, nameof(RepeatedField<int>.Capacity)), count),
                    ForEach(from, element => Call(to, add, copy(element))))));
    }

    /// <summary>Does something with each element of a <see cref="RepeatedField{T}"/>, in order.</summary>
    public static Expression ForEach(Expression source, Func<Expression, Expression> act)
    {
        var from = Variable(source.Type, "from");
        var count = Variable(typeof(int), "count");
        var at = Variable(typeof(int), "at");
        var done = Label();
        return Block(
            [from, count, at],
            Assign(from, source),
            Assign(count, Property(from, nameof(RepeatedField<int>.Count))),
            Assign(at, Constant(0)),
            Loop(
                IfThenElse(LessThan(at, count), Block(act(Property(from, "Item", at)), PreIncrementAssign(at)), Break(done)),
                done));
    }

    /// <summary>Copies scalars as they are.</summary>
    public static Expression Scalars(Expression source, Expression answer) =>
        Call(typeof(RepeatedCopy), nameof(CopyScalars), source.Type.GetGenericArguments(), source, answer);

    /// <summary>Copies a map of scalars as it is.</summary>
    public static Expression Map(Expression source, Expression answer) =>
        Call(typeof(RepeatedCopy), nameof(CopyMap), source.Type.GetGenericArguments(), source, answer);

    private static void CopyScalars<T>(RepeatedField<T> source, RepeatedField<T> answer)
    {
        if (source.Count > 0)
        {
            answer.AddRange(source);
        }
    }

    private static void CopyMap<TKey, TValue>(MapField<TKey, TValue> source, MapField<TKey, TValue> answer)
        where TKey : notnull
    {
        if (source.Count == 0)
        {
            return;
        }

        foreach (var entry in source)
        {
            answer.Add(entry.Key, entry.Value);
        }
    }
}
