using System.Linq.Expressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using static System.Linq.Expressions.Expression;

namespace Gateway.Core.Minimisation;

/// <summary>
/// Copies a leaf message (Money, Timestamp, …) without the unknown fields it may hold: <c>Clone</c> would bring them along.
/// </summary>
internal static class KnownFields
{
    public static Expression Copy(MessageDescriptor type, Expression source) =>
        type.Fields.InDeclarationOrder().All(f => !f.IsRepeated && !f.HasPresence)
            ? Flat(type, source)
            : Reread(Constant(type.Parser.WithDiscardUnknownFields(true)), source);

    private static BlockExpression Flat(MessageDescriptor type, Expression source)
    {
        var held = Variable(source.Type, "leaf");
        var assigned = type.Fields.InDeclarationOrder().Select(f =>
            Bind(type.ClrType.GetProperty(f.PropertyName)!, Property(held, f.PropertyName)));
        return Block([held], Assign(held, source), MemberInit(New(type.ClrType), assigned));
    }

    /// <summary>Shapes that nest (Struct, FieldMask): through their bytes, so that unknown fields go at every level.</summary>
    private static UnaryExpression Reread(ConstantExpression parser, Expression source) =>
        Convert(Call(typeof(KnownFields), nameof(Parse), [], parser, source), source.Type);

    private static IMessage Parse(MessageParser parser, IMessage source) => parser.ParseFrom(source.ToByteString());
}
