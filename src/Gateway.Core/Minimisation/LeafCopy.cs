using System.Linq.Expressions;
using Gateway.Core.Contracts;
using Gateway.Protos.Type.V1;
using Google.Protobuf.Reflection;
using static System.Linq.Expressions.Expression;

namespace Gateway.Core.Minimisation;

/// <summary>The copy of one granted leaf, with its transform.</summary>
internal sealed class LeafCopy(GrantedField granted, PseudonymKey key)
{
    private readonly FieldDescriptor _field = granted.Leaf.Field;

    public Expression From(Expression sourceMessage, Expression answerMessage)
    {
        var source = Property(sourceMessage, _field.PropertyName);
        var answer = Property(answerMessage, _field.PropertyName);
        if (_field.IsMap)
        {
            return RepeatedCopy.Map(source, answer);
        }

        if (_field.IsRepeated)
        {
            return IsPlainValue && granted.Transform is null
                ? RepeatedCopy.Scalars(source, answer)
                : RepeatedCopy.Each(source, answer, Value);
        }

        if (Nullable.GetUnderlyingType(source.Type) is not null)
        {
            var held = Variable(source.Type, "held");
            var value = Convert(Value(Property(held, "Value")), answer.Type);
            return Block([held], Assign(held, source), IfThen(Property(held, "HasValue"), Assign(answer, value)));
        }

        if (_field.FieldType == FieldType.Message)
        {
            return ProjectionCompiler.CopyPresent(source, held => Assign(answer, Value(held)));
        }

        var copy = Assign(answer, Value(source));
        return _field.HasPresence ? IfThen(Property(sourceMessage, "Has" + _field.PropertyName), copy) : copy;
    }

    /// <summary>True for immutable values that can be shared: all but leaf messages.</summary>
    private bool IsPlainValue => _field.FieldType != FieldType.Message || LeafKinds.IsWrapper(_field);

    private Expression Value(Expression value) => (granted.Transform, LeafKinds.Of(_field)) switch
    {
        (null, _) => IsPlainValue ? value : KnownFields.Copy(_field.MessageType, value),
        (Transform.KeepLast keep, _) => Call(typeof(TextElements), nameof(TextElements.Last), [], value, Constant(keep.Count)),
        (Transform.KeepFirst keep, _) => Call(typeof(TextElements), nameof(TextElements.First), [], value, Constant(keep.Count)),
        (Transform.YearOnly, _) => Call(typeof(YearStart), nameof(YearStart.Of), [], value),
        (Transform.Pseudonym, _) => Call(Constant(new PartnerPseudonyms(key, granted.Leaf.Category)), nameof(PartnerPseudonyms.Of), [], value),
        (Transform.Bucket bucket, LeafKind.Money) => Call(
            typeof(Buckets).GetMethod(nameof(Buckets.Floor), [typeof(Money), typeof(long)])!, value, Constant(bucket.Size)),
        (Transform.Bucket bucket, _) => Call(
            typeof(Buckets).GetMethod(nameof(Buckets.Floor), [value.Type, typeof(long)])!, value, Constant(bucket.Size)),
        _ => throw new InvalidOperationException($"{granted.Transform} has no compiled form"),
    };
}
