using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Annotations;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Minimisation;

/// <summary>Which transform goes on which leaf. Contracts are checked against it; the minimiser compiles nothing that does not fit.</summary>
public static class TransformFit
{
    /// <summary>
    /// True when the transform can be applied to the leaf; else what to write instead, in words for a contract's author. Elements of a
    /// repeated scalar are transformed one by one; maps take no transform.
    /// </summary>
    public static bool FitsOn(this Transform transform, Leaf leaf, [NotNullWhen(false)] out string? instead)
    {
        var kind = LeafKinds.Of(leaf.Field);
        instead = (transform, kind) switch
        {
            (Transform.KeepLast { Count: < 1 } or Transform.KeepFirst { Count: < 1 }, _) =>
                "keep at least 1 text element, or leave the field out of the contract",
            (Transform.Bucket { Size: < 1 }, _) => "write a bucket of 1 or more",
            (Transform.Bucket bucket, LeafKind.Integer) when bucket.Size > LargestOf(leaf.Field) =>
                $"the field holds no number as large as that bucket; write at most {LargestOf(leaf.Field)}",
            (Transform.KeepLast or Transform.KeepFirst or Transform.Pseudonym, LeafKind.Text) => null,
            (Transform.YearOnly, LeafKind.Timestamp) => null,
            (Transform.Bucket, LeafKind.Integer or LeafKind.Money) => null,
            (Transform.Pseudonym, LeafKind.Integer) =>
                "a pseudonym is 22 characters and the field holds a number; write bucket: n, or leave the field out of the contract",
            (_, LeafKind.Text) => "on text write keep_last: n, keep_first: n or pseudonym: true",
            (_, LeafKind.Integer) => "on an integer write bucket: n",
            (_, LeafKind.Money) => "on Money write bucket: n, in whole units",
            (_, LeafKind.Timestamp) => "on a Timestamp write year_only: true",
            _ => "no transform goes on this field; grant it as it is, or leave it out of the contract",
        };
        return instead is null;
    }

    private static long LargestOf(FieldDescriptor field) => LeafKinds.Scalar(field) switch
    {
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => int.MaxValue,
        FieldType.UInt32 or FieldType.Fixed32 => uint.MaxValue,
        _ => long.MaxValue,
    };
}
