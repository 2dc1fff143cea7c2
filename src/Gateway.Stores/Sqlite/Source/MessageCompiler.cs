using System.Collections.Immutable;
using System.Linq.Expressions;
using Gateway.Core.Sources;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// Compiles, once a grant, the code that fills a new message from a row: NULL leaves the field unset, a message in between is made only
/// when something in it is set. Nothing is reflected or boxed a row.
/// </summary>
internal static class MessageCompiler
{
    /// <summary>Fills a new message from the columns that begin at <paramref name="first"/>.</summary>
    /// <exception cref="SourceException">A leaf has no column form.</exception>
    public static Func<RowValues, IMessage> Compile(MessageDescriptor message, ImmutableArray<SourceColumn> columns, int first)
    {
        var row = Expression.Parameter(typeof(RowValues), "row");
        var made = Expression.Variable(message.ClrType, "message");
        var body = new List<Expression> { Expression.Assign(made, Expression.New(message.ClrType)) };
        var at = first;
        foreach (var column in columns)
        {
            body.Add(Expression.IfThen(
                Expression.Not(Expression.Call(row, nameof(RowValues.IsNull), null, Expression.Constant(at))),
                Fill(row, made, column, at)));
            at += column.Names.Length;
        }

        body.Add(Expression.Convert(made, typeof(IMessage)));
        return Expression.Lambda<Func<RowValues, IMessage>>(Expression.Block([made], body), row).Compile();
    }

    /// <summary>Adds a message to the repeated field at the end of <paramref name="chain"/>.</summary>
    public static Action<IMessage, IMessage> CompileAdd(MessageDescriptor message, ImmutableArray<FieldDescriptor> chain)
    {
        var parent = Expression.Parameter(typeof(IMessage), "parent");
        var child = Expression.Parameter(typeof(IMessage), "child");
        var record = Expression.Variable(message.ClrType, "record");
        var type = chain[^1].MessageType.ClrType;
        var (before, holder) = Reach(record, [.. chain.Take(chain.Length - 1)]);
        var list = Expression.Property(holder, chain[^1].PropertyName);
        var add = Expression.Call(list, list.Type.GetMethod("Add", [type])!, Expression.Convert(child, type));
        return Expression.Lambda<Action<IMessage, IMessage>>(
            Expression.Block([record], [Expression.Assign(record, Expression.Convert(parent, message.ClrType)), .. before, add]),
            parent,
            child).Compile();
    }

    private static BlockExpression Fill(ParameterExpression row, ParameterExpression message, SourceColumn column, int at)
    {
        var (before, holder) = Reach(message, [.. column.Fields.Take(column.Fields.Length - 1)]);
        var field = column.Leaf.Field;
        if (field.IsRepeated)
        {
            var json = JsonColumn.For(field) ?? throw NoForm(column);
            return Expression.Block([.. before, Expression.Call(
                Expression.Constant(json), nameof(JsonColumn.Read), null, row, Expression.Constant(at), Expression.Constant(column.Name), holder)]);
        }

        var property = Expression.Property(holder, field.PropertyName);
        var value = Expression.Convert(Value(row, column, field, at), property.Type);
        return Expression.Block([.. before, Expression.Assign(property, value)]);
    }

    // Makes the messages on the way where they are not there yet.
    private static (ImmutableArray<Expression> Before, Expression Holder) Reach(Expression message, ImmutableArray<FieldDescriptor> fields)
    {
        var before = ImmutableArray.CreateBuilder<Expression>();
        foreach (var field in fields)
        {
            var next = Expression.Property(message, field.PropertyName);
            before.Add(Expression.IfThen(
                Expression.ReferenceEqual(next, Expression.Constant(null, next.Type)),
                Expression.Assign(next, Expression.New(next.Type))));
            message = next;
        }

        return (before.ToImmutable(), message);
    }

    private static MethodCallExpression Value(ParameterExpression row, SourceColumn column, FieldDescriptor field, int at)
    {
        if (column.Currency is not null)
        {
            return Read(nameof(RowValues.Money), Expression.Constant(column.Currency));
        }

        return field.FieldType switch
        {
            FieldType.String => Read(nameof(RowValues.Text)),
            FieldType.Bytes => Read(nameof(RowValues.Bytes)),
            FieldType.Bool => Read(nameof(RowValues.Boolean)),
            FieldType.Double => Read(nameof(RowValues.Double)),
            FieldType.Float => Read(nameof(RowValues.Single)),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Read(nameof(RowValues.Int32)),
            FieldType.UInt32 or FieldType.Fixed32 => Read(nameof(RowValues.UInt32)),
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Read(nameof(RowValues.Int64)),
            FieldType.UInt64 or FieldType.Fixed64 => Read(nameof(RowValues.UInt64)),
            FieldType.Enum => Read(nameof(RowValues.EnumNumber), Expression.Constant(new EnumNames(field.EnumType))),
            FieldType.Message when field.MessageType == Timestamp.Descriptor => Read(nameof(RowValues.Timestamp)),
            FieldType.Message when field.MessageType == Duration.Descriptor => Read(nameof(RowValues.Duration)),
            // A wrapper's property is its nullable value.
            FieldType.Message when field.MessageType.File == WrappersReflection.Descriptor =>
                Value(row, column, field.MessageType.FindFieldByNumber(1), at),
            _ => throw NoForm(column),
        };

        MethodCallExpression Read(string method, params Expression[] more) =>
            Expression.Call(row, method, null, [Expression.Constant(at), Expression.Constant(column.Name), .. more]);
    }

    private static SourceException NoForm(SourceColumn column) =>
        new($"{column.Leaf.Field.FullName} ({column.Leaf.Field.MessageType.FullName}) has no column form, so no source can give it: do not grant it");
}
