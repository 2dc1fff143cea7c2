using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Minimisation;

/// <summary>What a transform sees in a leaf: a wrapper counts as what it wraps, a repeated scalar as its elements.</summary>
internal enum LeafKind
{
    /// <summary>Takes no transform: booleans, floating point, enums, bytes, maps and other well-known types.</summary>
    Other,

    Text,
    Integer,
    Money,
    Timestamp,
}

internal static class LeafKinds
{
    public static LeafKind Of(FieldDescriptor field) => field.IsMap ? LeafKind.Other : Scalar(field) switch
    {
        FieldType.String => LeafKind.Text,
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 or FieldType.UInt32 or FieldType.Fixed32
            or FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 or FieldType.UInt64 or FieldType.Fixed64 => LeafKind.Integer,
        FieldType.Message when field.MessageType == Protos.Type.V1.Money.Descriptor => LeafKind.Money,
        FieldType.Message when field.MessageType == Timestamp.Descriptor => LeafKind.Timestamp,
        _ => LeafKind.Other,
    };

    /// <summary>The field's type, or that of the value inside a <c>google.protobuf</c> wrapper.</summary>
    public static FieldType Scalar(FieldDescriptor field) =>
        IsWrapper(field) ? field.MessageType.FindFieldByNumber(1).FieldType : field.FieldType;

    /// <summary>True for <c>google.protobuf.StringValue</c> and its kin, which C# shows as nullable properties.</summary>
    public static bool IsWrapper(FieldDescriptor field) =>
        !field.IsMap && field.FieldType == FieldType.Message && field.MessageType.File == WrappersReflection.Descriptor;
}
