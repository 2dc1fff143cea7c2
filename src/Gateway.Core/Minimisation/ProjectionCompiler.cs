using System.Collections.Immutable;
using System.Linq.Expressions;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using static System.Linq.Expressions.Expression;

namespace Gateway.Core.Minimisation;

/// <summary>Granted fields → one delegate over the generated properties: no reflection, boxing or closure at run time.</summary>
internal sealed class ProjectionCompiler
{
    private readonly PseudonymKey _key;
    private readonly ParameterExpression _allowed = Parameter(typeof(FieldSet), "allowed");
    private readonly SortedDictionary<int, ParameterExpression> _words = [];

    private ProjectionCompiler(PseudonymKey key) => _key = key;

    public static Func<IMessage, FieldSet, IMessage> Compile(RecordType record, ImmutableArray<GrantedField> fields, PseudonymKey key) =>
        new ProjectionCompiler(key).Build(record, fields).Compile();

    private Expression<Func<IMessage, FieldSet, IMessage>> Build(RecordType record, ImmutableArray<GrantedField> fields)
    {
        var type = record.Descriptor.ClrType;
        var message = Parameter(typeof(IMessage), "message");
        var source = Variable(type, "source");
        var answer = Variable(type, "answer");
        var copies = Level([.. fields], 0, source, answer).ToArray();
        var body = new List<Expression> { Assign(source, Convert(message, type)), Assign(answer, New(type)) };
        body.AddRange(_words.Select(w => Assign(w.Value, Call(_allowed, nameof(FieldSet.Word), [], Constant(w.Key)))));
        body.AddRange(copies);
        body.Add(Convert(answer, typeof(IMessage)));
        return Lambda<Func<IMessage, FieldSet, IMessage>>(
            Block(_words.Values.Prepend(answer).Prepend(source), body), message, _allowed);
    }

    /// <summary>Copies the fields that lie <paramref name="depth"/> messages below the record, each behind its test.</summary>
    private IEnumerable<Expression> Level(IReadOnlyList<GrantedField> fields, int depth, Expression source, Expression answer)
    {
        foreach (var group in fields.GroupBy(f => f.Leaf.Fields[depth]))
        {
            var field = group.Key;
            var below = group.ToArray();
            var copy = below[0].Leaf.Fields.Count == depth + 1
                ? new LeafCopy(below[0], _key).From(source, answer)
                : Nested(field, below, depth + 1, Property(source, field.PropertyName), Property(answer, field.PropertyName));
            yield return IfThen(AnyAllowed(below), copy);
        }
    }

    private Expression Nested(FieldDescriptor field, GrantedField[] below, int depth, Expression source, Expression answer) =>
        field.IsRepeated
            ? RepeatedCopy.Each(source, answer, element => Fresh(field, below, depth, element))
            : CopyPresent(source, held => Assign(answer, Fresh(field, below, depth, held)));

    /// <summary>A new message with what is granted below; its value is that message.</summary>
    private BlockExpression Fresh(FieldDescriptor field, GrantedField[] below, int depth, Expression source)
    {
        var fresh = Variable(field.MessageType.ClrType, "fresh");
        return Block([fresh], [Assign(fresh, New(fresh.Type)), .. Level(below, depth, source, fresh), fresh]);
    }

    private Expression AnyAllowed(GrantedField[] fields) => fields
        .GroupBy(f => f.Leaf.Index >> 6)
        .Select(g => NotEqual(And(Word(g.Key), Constant(g.Aggregate(0UL, (bits, f) => bits | (1UL << (f.Leaf.Index & 63))))), Constant(0UL)))
        .Aggregate((Expression a, Expression b) => OrElse(a, b));

    private ParameterExpression Word(int word)
    {
        if (!_words.TryGetValue(word, out var variable))
        {
            _words.Add(word, variable = Variable(typeof(ulong), $"word{word}"));
        }

        return variable;
    }

    /// <summary>Reads a reference once and copies it when there is one.</summary>
    internal static Expression CopyPresent(Expression source, Func<Expression, Expression> copy)
    {
        var held = Variable(source.Type, "held");
        return Block([held], Assign(held, source), IfThen(NotEqual(held, Constant(null, held.Type)), copy(held)));
    }
}
